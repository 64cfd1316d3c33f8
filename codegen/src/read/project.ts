/** The project's source as the compiler sees it: opened once, kept warm, refreshed file by file. */

import { accessSync, constants, realpathSync } from 'node:fs'
import { relative, resolve, sep } from 'node:path'
import { ts } from 'ts-morph'
import type { Observations } from '../cache/observations.ts'
import type { Problem } from '../problem.ts'
import { matchFiles } from './match-files.ts'
import { readText } from './read-text.ts'
import { readTsConfig, type TsConfig } from './tsconfig.ts'
import { WarmProgram } from './warm-program.ts'

/** What belongs to a project. */
export interface SourceProjectOptions {
  /** The folder of mizan.config.ts and tsconfig.json. */
  readonly root: string
  /** Globs of the modules whose marked functions are read, relative to `root`; `!` excludes. */
  readonly functions: readonly string[]
  /** The folder of the generated files, relative to `root`. @default 'mizan' */
  readonly out?: string
}

/** One project's program. */
export class SourceProject {
  readonly root: string
  readonly #globs: readonly string[]
  readonly #tsconfig: TsConfig
  readonly #program: WarmProgram
  readonly #options: ts.CompilerOptions
  readonly #settingsTexts: ReadonlyMap<string, string>

  constructor(options: SourceProjectOptions, observations?: Observations) {
    this.root = realpathSync(resolve(options.root))
    this.#globs = options.functions
    this.#tsconfig = readTsConfig(this.root, observations)
    this.#settingsTexts = new Map(this.#tsconfig.paths.map((path) => [path, readText(path)]))
    // One that cannot be read is reported instead of used.
    const usable = this.#tsconfig.exists && this.#tsconfig.diagnostics.length === 0
    this.#options = {
      ...(usable ? this.#tsconfig.options : defaultOptions),
      ...forcedOptions,
    }
    this.#roots = matchFiles(this.root, this.#globs)
    this.#program = new WarmProgram(this.#roots, this.#options, {
      folder: this.root,
      generated: resolve(this.root, options.out ?? 'mizan')
        .split(sep)
        .join('/'),
      observations,
    })
  }

  get program(): ts.Program {
    return this.#program.program
  }

  get checker(): ts.TypeChecker {
    return this.program.getTypeChecker()
  }

  /** Whether imports name `.ts` files; otherwise they name the `.js` files made of them. */
  get importsTypeScript(): boolean {
    return this.#options.allowImportingTsExtensions === true
  }

  /** The modules that `functions` names, sorted by path. */
  functionFiles(): readonly ts.SourceFile[] {
    const { program } = this
    if (this.#functionFiles?.program === program) return this.#functionFiles.files
    const paths = new Set(this.#roots)
    const files = program
      .getSourceFiles()
      .filter((file) => paths.has(file.fileName) && isOwnSource(file.fileName))
      .sort((a, b) => (a.fileName < b.fileName ? -1 : 1))
    this.#functionFiles = { program, files }
    return files
  }

  /** Every module that the globs match, sorted. */
  get matched(): readonly string[] {
    return this.#roots
  }

  /** Absolute paths of all files whose edits can change the result, without packages and generated files. */
  sourcePaths(): string[] {
    return [...this.#ownFiles().map((file) => file.fileName), ...this.#tsconfig.paths]
  }

  /** Whether a file is still as it was read; files that were not read are. */
  isCurrent(path: string): boolean {
    const read = this.program.getSourceFile(path)?.text ?? this.#settingsTexts.get(path)
    return read === undefined || read === readText(path)
  }

  /** Whether an edit of one of `paths` is followed by opening the project anew. */
  isConfiguredBy(paths: readonly string[]): boolean {
    return paths.some((path) => this.#tsconfig.paths.includes(path))
  }

  /** What is wrong with the settings. */
  settingsProblems(): Problem[] {
    return this.#tsconfig.diagnostics.map((diagnostic) =>
      this.#diagnosed(diagnostic, 'cannot be used'),
    )
  }

  /** Modules that the globs match and nobody may read: without a word their functions would be gone. */
  unreadableProblems(): Problem[] {
    const { program } = this
    return this.#roots
      .filter((path) => program.getSourceFile(path) === undefined)
      .map((path) => ({
        message: `cannot be read (${whyUnreadable(path)})`,
        file: this.relativePath(path),
        line: 1,
        column: 1,
      }))
  }

  /** Syntax errors of the project's own files: what they would export cannot be trusted. */
  syntaxProblems(): Problem[] {
    return this.#ownFiles()
      .flatMap((file) => this.program.getSyntacticDiagnostics(file))
      .map((diagnostic) => this.#diagnosed(diagnostic, 'is not valid TypeScript'))
  }

  problemAt(node: ts.Node, message: string): Problem {
    const file = node.getSourceFile()
    return { message, ...this.#position(file, node.getStart(file)) }
  }

  /** The path relative to the project, with forward slashes. */
  relativePath(fileName: string): string {
    return relative(this.root, fileName).split(sep).join('/')
  }

  /** Reads changed, new and deleted files again. */
  refresh(paths: readonly string[]): void {
    if (!this.#program.refresh(paths)) return
    this.#roots = matchFiles(this.root, this.#globs)
    this.#program.setRoots(this.#roots)
  }

  #roots: readonly string[]
  #functionFiles:
    | { readonly program: ts.Program; readonly files: readonly ts.SourceFile[] }
    | undefined

  #ownFiles(): ts.SourceFile[] {
    return this.program
      .getSourceFiles()
      .filter(
        ({ fileName }) =>
          !fileName.includes('/node_modules/') && !/\.gen\.[cm]?[jt]sx?$/.test(fileName),
      )
  }

  #diagnosed({ messageText, file, start }: ts.Diagnostic, problem: string): Problem {
    return {
      message: `${problem}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
      ...this.#position(file, start),
    }
  }

  #position(file: ts.SourceFile | undefined, start: number | undefined): Omit<Problem, 'message'> {
    if (file === undefined || start === undefined)
      return { file: 'tsconfig.json', line: 1, column: 1 }
    const { line, character } = file.getLineAndCharacterOfPosition(start)
    return { file: this.relativePath(file.fileName), line: line + 1, column: character + 1 }
  }
}

function whyUnreadable(path: string): string {
  try {
    accessSync(path, constants.R_OK)
    return 'it is no file'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown' // cast: errors of node:fs
  }
}

// Optional values would be lost without strictNullChecks; nothing is emitted or reported from this program.
const forcedOptions: ts.CompilerOptions = {
  strict: true,
  strictNullChecks: true,
  noEmit: true,
  skipLibCheck: true,
}

const defaultOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  allowImportingTsExtensions: true,
}

/** Declarations never hold functions to serve. */
function isOwnSource(path: string): boolean {
  return !path.includes('/node_modules/') && !/\.d\.[cm]?ts$/.test(path)
}
