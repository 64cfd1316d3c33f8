/** Which modules an edit can mean something to: those that changed, and all that import them, however far. */

import { ts } from 'ts-morph'
import type { Reading } from './reading.ts'

/** The source files of a program, by path. A file that is parsed again is another one. */
export type SourceFiles = ReadonlyMap<string, ts.SourceFile>

/** The source files of a program. */
export function sourceFilesOf(program: ts.Program): SourceFiles {
  return new Map(program.getSourceFiles().map((file) => [file.fileName, file]))
}

/**
 * Files whose types may be others than in the program of `before`.
 *
 * @returns `undefined` where an edit can mean something to every file.
 */
export function changedModules(
  reading: Reading,
  before: SourceFiles,
): ReadonlySet<ts.SourceFile> | undefined {
  const now = sourceFilesOf(reading.program)
  if (now.size !== before.size) return undefined
  const changed = new Set<ts.SourceFile>()
  for (const [path, file] of now) {
    const old = before.get(path)
    if (old === undefined) return undefined
    if (old === file) continue
    if (isGlobal(old) || isGlobal(file)) return undefined
    changed.add(file)
  }
  return changed.size === 0 ? changed : withImporters(changed, [...now.values()], reading)
}

/** Facts of a source file that its public type leaves out, stable for many years. */
type ParsedFile = ts.SourceFile & {
  readonly imports?: readonly ts.Expression[]
  readonly moduleAugmentations?: readonly ts.Node[]
  readonly ambientModuleNames?: readonly string[]
}

/** What it declares is seen without an import. */
function isGlobal(file: ParsedFile): boolean {
  return (
    !ts.isExternalModule(file) ||
    (file.moduleAugmentations ?? []).length > 0 ||
    (file.ambientModuleNames ?? []).length > 0 ||
    file.referencedFiles.length > 0
  )
}

function withImporters(
  changed: ReadonlySet<ts.SourceFile>,
  files: readonly ts.SourceFile[],
  reading: Reading,
): ReadonlySet<ts.SourceFile> {
  const importers = new Map<ts.SourceFile, ts.SourceFile[]>()
  for (const file of files) {
    // A package does not import the application.
    if (file.fileName.includes('/node_modules/')) continue
    for (const target of importsOf(file, reading)) {
      const known = importers.get(target)
      if (known === undefined) importers.set(target, [file])
      else known.push(file)
    }
  }
  const found = new Set(changed)
  for (const file of found) for (const importer of importers.get(file) ?? []) found.add(importer)
  return found
}

function importsOf(file: ParsedFile, { checker }: Reading): ts.SourceFile[] {
  return (file.imports ?? []).flatMap((specifier) => {
    const symbol = checker.getSymbolAtLocation(specifier)
    return (symbol?.declarations ?? []).filter(ts.isSourceFile)
  })
}
