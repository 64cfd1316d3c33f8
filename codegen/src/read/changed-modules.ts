/** Which modules an edit can mean something to: those that changed, and all that import them, however far. */

import { ts } from 'ts-morph'
import type { Reading } from './reading.ts'

/** The source files of a program, by path. A file that is parsed again is another one. */
export type SourceFiles = ReadonlyMap<string, ts.SourceFile>

/** The source files of a program. */
export function sourceFilesOf(program: ts.Program): SourceFiles {
  return new Map(program.getSourceFiles().map((file) => [file.fileName, file]))
}

/** What is known of the modules of a program, and holds until files come or go: then imports may mean other files. */
export class ModuleMemory {
  /** Modules whose imports all lead somewhere. */
  readonly resolved: WeakSet<ts.SourceFile> = new WeakSet()
  readonly #paths: ReadonlySet<string>
  readonly #imports = new WeakMap<ts.SourceFile, readonly string[]>()

  constructor(files: SourceFiles = new Map()) {
    this.#paths = new Set(files.keys())
  }

  /** Whether `files` are the same files, each as it was or changed. */
  isOf(files: SourceFiles): boolean {
    return (
      files.size === this.#paths.size && [...files.keys()].every((path) => this.#paths.has(path))
    )
  }

  /** The paths of the modules that `file` imports. */
  importsOf(file: ParsedFile, { checker }: Reading): readonly string[] {
    const known = this.#imports.get(file)
    if (known !== undefined) return known
    const imports = (file.imports ?? []).flatMap((specifier) => {
      const symbol = checker.getSymbolAtLocation(specifier)
      const modules = (symbol?.declarations ?? []).filter(ts.isSourceFile)
      return modules.map(({ fileName }) => fileName)
    })
    this.#imports.set(file, imports)
    return imports
  }
}

/** Two states of the files of a program. */
export interface ModuleStates {
  readonly before: SourceFiles
  readonly now: SourceFiles
  readonly modules: ModuleMemory
}

/**
 * Files whose types may be others than in the program of `before`.
 *
 * @returns `undefined` where an edit can mean something to every file.
 */
export function changedModules(
  reading: Reading,
  { before, now, modules }: ModuleStates,
): ReadonlySet<ts.SourceFile> | undefined {
  if (now.size !== before.size) return undefined
  const changed = new Set<ts.SourceFile>()
  for (const [path, file] of now) {
    const old = before.get(path)
    if (old === undefined) return undefined
    if (old === file) continue
    if (isGlobal(old) || isGlobal(file)) return undefined
    changed.add(file)
  }
  if (changed.size === 0) return changed
  const importers = new Map<string, ts.SourceFile[]>()
  for (const [path, file] of now) {
    // A package does not import the application.
    if (path.includes('/node_modules/')) continue
    for (const target of modules.importsOf(file, reading)) {
      const known = importers.get(target)
      if (known === undefined) importers.set(target, [file])
      else known.push(file)
    }
  }
  for (const file of changed)
    for (const importer of importers.get(file.fileName) ?? []) changed.add(importer)
  return changed
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
