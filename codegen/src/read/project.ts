/** The project's source as ts-morph sees it: opened once, kept warm, refreshed file by file. */

import { existsSync, realpathSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { Project, ts } from 'ts-morph'
import type { Problem } from '../problem.ts'

/** What belongs to a project. */
export interface SourceProjectOptions {
  /** The folder of mizan.config.ts and tsconfig.json. */
  readonly root: string
  /** Globs of the modules whose marked functions are read, relative to `root`; `!` excludes. */
  readonly functions: readonly string[]
}

/** One project's program. */
export class SourceProject {
  readonly root: string
  readonly #globs: readonly string[]
  readonly #project: Project
  readonly #options: ts.CompilerOptions

  constructor(options: SourceProjectOptions) {
    this.root = realpathSync(resolve(options.root))
    this.#globs = options.functions.map((glob) => toAbsoluteGlob(this.root, glob))
    const config = join(this.root, 'tsconfig.json')
    this.#project = new Project({
      ...(existsSync(config) ? { tsConfigFilePath: config } : {}),
      skipAddingFilesFromTsConfig: true,
      compilerOptions: existsSync(config) ? forcedOptions : { ...defaultOptions, ...forcedOptions },
    })
    this.#options = this.#project.getCompilerOptions()
    this.#addFiles()
  }

  get program(): ts.Program {
    return this.#project.getProgram().compilerObject
  }

  get checker(): ts.TypeChecker {
    return this.program.getTypeChecker()
  }

  /** Whether imports name `.ts` files; otherwise they name the `.js` files made of them. */
  get importsTypeScript(): boolean {
    return this.#options.allowImportingTsExtensions === true
  }

  /** The modules that `functions` names, sorted by path. */
  functionFiles(): ts.SourceFile[] {
    const paths = new Set(this.#matched)
    return this.program
      .getSourceFiles()
      .filter((file) => paths.has(file.fileName) && isOwnSource(file.fileName))
      .sort((a, b) => (a.fileName < b.fileName ? -1 : 1))
  }

  /** Absolute paths of all files whose edits can change the result, without packages and generated files. */
  sourcePaths(): string[] {
    return this.program
      .getSourceFiles()
      .map((file) => file.fileName)
      .filter((path) => !path.includes('/node_modules/') && !/\.gen\.[cm]?[jt]sx?$/.test(path))
  }

  /** Syntax errors of the project's own files: what they would export cannot be trusted. */
  syntaxProblems(): Problem[] {
    const own = new Set(this.sourcePaths())
    return this.program
      .getSourceFiles()
      .filter((file) => own.has(file.fileName))
      .flatMap((file) => this.program.getSyntacticDiagnostics(file))
      .map((diagnostic) => ({
        message: `is not valid TypeScript: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')}`,
        ...this.#position(diagnostic.file, diagnostic.start),
      }))
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
    for (const path of paths) {
      const file = this.#project.getSourceFile(path)
      if (file === undefined) continue
      if (existsSync(path)) file.refreshFromFileSystemSync()
      else file.forget()
    }
    this.#addFiles()
  }

  #matched: readonly string[] = []

  #addFiles(): void {
    const files = this.#project.addSourceFilesAtPaths([...this.#globs])
    this.#matched = files.map((file) => file.getFilePath())
    this.#project.resolveSourceFileDependencies()
  }

  #position(file: ts.SourceFile | undefined, start: number | undefined): Omit<Problem, 'message'> {
    if (file === undefined || start === undefined)
      return { file: 'tsconfig.json', line: 1, column: 1 }
    const { line, character } = file.getLineAndCharacterOfPosition(start)
    return { file: this.relativePath(file.fileName), line: line + 1, column: character + 1 }
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

function toAbsoluteGlob(root: string, glob: string): string {
  const base = root.split(sep).join('/')
  return glob.startsWith('!') ? `!${base}/${glob.slice(1)}` : `${base}/${glob.replace(/^\.\//, '')}`
}

/** Generated files, declarations and tests never hold functions to serve. */
function isOwnSource(path: string): boolean {
  return (
    !path.includes('/node_modules/') &&
    !/\.(gen|test|spec|d)\.[cm]?[jt]sx?$|\.test-d\.tsx?$/.test(path)
  )
}
