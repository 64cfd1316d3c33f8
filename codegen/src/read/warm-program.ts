/** A compiler program that is kept: a file is parsed once, and again when it has changed. */

import { existsSync } from 'node:fs'
import { getLibFiles, libFolderInMemoryPath } from '@ts-morph/common'
import { ts } from 'ts-morph'
import { foldersIn, type Observations } from '../cache/observations.ts'
import { readText } from './read-text.ts'

/** Where a program stands, and who is told what it asks for. */
export interface WarmProgramOptions {
  /** The folder of the project. */
  readonly folder: string
  /** The folder of the generated files, which are never read: what is made of the source says nothing about it. */
  readonly generated: string
  readonly observations: Observations | undefined
}

/** A program over root files that come and go. */
export class WarmProgram {
  readonly #host: ts.CompilerHost
  readonly #observations: Observations | undefined
  readonly #options: ts.CompilerOptions
  readonly #files = new Map<string, ts.SourceFile>()
  /** Files that exist and play no part: news of them is none. */
  readonly #outside = new Set<string>()
  #roots: readonly string[]
  #program: ts.Program | undefined
  /** What the next program may take over from. */
  #last: ts.Program | undefined

  constructor(roots: readonly string[], options: ts.CompilerOptions, place: WarmProgramOptions) {
    this.#roots = roots
    this.#options = options
    this.#observations = place.observations
    this.#host = createHost(options, place, this.#files)
  }

  get program(): ts.Program {
    if (this.#program !== undefined) return this.#program
    const program = ts.createProgram({
      rootNames: this.#roots,
      options: this.#options,
      host: this.#host,
      ...(this.#last === undefined ? {} : { oldProgram: this.#last }),
    })
    this.#last = program
    this.#program = program
    // A file that nobody imports any more is not watched either.
    const used = new Set(program.getSourceFiles().map(({ fileName }) => fileName))
    for (const path of this.#files.keys()) if (!used.has(path)) this.#files.delete(path)
    return program
  }

  /**
   * Takes in edits.
   *
   * @returns whether files came or went, after which imports may mean other files
   */
  refresh(paths: readonly string[]): boolean {
    const used = new Set(this.program.getSourceFiles().map(({ fileName }) => fileName))
    let isOther = false
    for (const path of paths) {
      const exists = existsSync(path)
      const file = used.has(path) ? this.#files.get(path) : undefined
      if (file === undefined) {
        if (!exists) this.#outside.delete(path)
        else if (!this.#outside.has(path)) isOther = true
        if (exists) this.#outside.add(path)
        continue
      }
      if (exists && file.text === readText(path)) continue
      this.#files.delete(path)
      this.#program = undefined
      if (!exists) isOther = true
    }
    if (isOther) {
      this.#program = undefined
      this.#last = undefined
      this.#observations?.forgetSearches()
    }
    return isOther
  }

  /** Sets the root files, after files came or went. */
  setRoots(roots: readonly string[]): void {
    this.#roots = roots
    this.#program = undefined
    this.#last = undefined
  }
}

/** Declarations that the language comes with, out of the compiler's package. */
const libraries: ReadonlyMap<string, string> = new Map(
  getLibFiles().map(({ fileName, text }) => [`${libFolderInMemoryPath}/${fileName}`, text]),
)

function createHost(
  options: ts.CompilerOptions,
  { folder, generated, observations }: WarmProgramOptions,
  files: Map<string, ts.SourceFile>,
): ts.CompilerHost {
  const host = ts.createCompilerHost(options)
  const readFile = (path: string): string | undefined => {
    const library = libraries.get(path)
    if (library !== undefined) return library
    const text = host.readFile(path)
    observations?.read(path, text)
    return text
  }
  const observed = (path: string, exists: boolean): boolean => {
    observations?.exists(path, exists)
    return exists
  }
  // Each program asks for them all. One that goes away is missed with its files; one that is not there may come.
  const folders = new Set<string>([generated])
  const folderExists = (path: string): boolean => {
    const exists = folders.has(path) || observed(path, ts.sys.directoryExists(path))
    if (exists) folders.add(path)
    return exists
  }
  return {
    ...host,
    readFile,
    fileExists(path) {
      if (path.startsWith(`${generated}/`) && isGenerated(path)) return false
      return libraries.has(path) || observed(path, host.fileExists(path))
    },
    directoryExists: folderExists,
    realpath(path) {
      const target = ts.sys.realpath?.(path) ?? path
      observations?.link(path, target)
      return target
    },
    getDirectories(path) {
      const names = foldersIn(path)
      observations?.listing(path, names)
      return names
    },
    getCurrentDirectory: () => folder,
    getDefaultLibLocation: () => libFolderInMemoryPath,
    getDefaultLibFileName: (settings) =>
      `${libFolderInMemoryPath}/${ts.getDefaultLibFileName(settings)}`,
    getSourceFile(path, settings) {
      const known = files.get(path)
      if (known !== undefined) return known
      const text = readFile(path)
      if (text === undefined) return undefined
      const file = ts.createSourceFile(path, text, {
        ...(typeof settings === 'object' ? settings : { languageVersion: settings }),
        // Nobody asks for the documentation of the language itself, and it is half of the text.
        jsDocParsingMode: isLibrary(path)
          ? ts.JSDocParsingMode.ParseNone
          : ts.JSDocParsingMode.ParseAll,
      })
      files.set(path, file)
      return file
    },
  }
}

function isGenerated(path: string): boolean {
  return /\.gen\.[cm]?[jt]sx?$/.test(path)
}

function isLibrary(path: string): boolean {
  return libraries.has(path) || /\/node_modules\/(@types\/node|undici-types)\//.test(path)
}
