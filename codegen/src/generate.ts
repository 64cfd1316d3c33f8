/** `mizan generate`: reads a project and writes its generated files, all of them or none. */

import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import type { Artifact } from '@mizan/protocol'
import { toArtifact } from './artifact/artifact.ts'
import { type ClientTarget, emitFiles } from './emit/files.ts'
import type { Problem } from './problem.ts'
import { readApi } from './read/api.ts'
import { SourceProject } from './read/project.ts'

/** What is generated from what. */
export interface GenerateOptions {
  /** The folder of mizan.config.ts and tsconfig.json. */
  readonly root: string
  /** Globs of the modules whose marked functions are served, relative to `root`; `!` excludes. */
  readonly functions: readonly string[]
  /**
   * The folder of the generated files, relative to `root`.
   *
   * @default 'mizan'
   */
  readonly out?: string
  /** @default [] */
  readonly targets?: readonly ClientTarget[]
}

/** What a run found and did. */
export interface GenerateResult {
  /** Empty, or the reason why nothing was written. */
  readonly problems: readonly Problem[]
  /** Undefined with problems. */
  readonly artifact: Artifact | undefined
  /** Files that were written or removed, or would have been; relative to the root, sorted. */
  readonly changed: readonly string[]
}

/** A project that stays open: after the first run, a run costs what changed. */
export interface Generator {
  /**
   * Generates.
   *
   * @param paths Absolute paths of files that were changed, added or removed since the last run.
   */
  generate(paths?: readonly string[]): Promise<GenerateResult>
  /** As `generate`, without writing. */
  check(paths?: readonly string[]): Promise<GenerateResult>
  /** Absolute paths of the source files that the result depends on, `tsconfig.json` among them. */
  sources(): readonly string[]
  /** Whether a file is still as the last run has read it; files that it did not read are. */
  isCurrent(path: string): boolean
}

/** Opens a project. */
export function createGenerator(options: GenerateOptions): Generator {
  let project = new SourceProject(options)
  const run = async (paths: readonly string[], write: boolean): Promise<GenerateResult> => {
    if (project.isConfiguredBy(paths)) project = new SourceProject(options)
    else if (paths.length > 0) project.refresh(paths)
    const { problems, artifact, files } = compile(project, options)
    if (artifact === undefined) return { problems, artifact, changed: [] }
    const out = join(project.root, options.out ?? 'mizan')
    const changed = await changedFiles(out, files)
    if (write) await writeAll(changed)
    return {
      problems,
      artifact,
      changed: changed.map(({ path }) => project.relativePath(path)).sort(),
    }
  }
  return {
    generate: (paths = []) => run(paths, true),
    check: (paths = []) => run(paths, false),
    sources: () => project.sourcePaths(),
    isCurrent: (path) => project.isCurrent(path),
  }
}

/** Generates once. */
export function generate(options: GenerateOptions): Promise<GenerateResult> {
  return createGenerator(options).generate()
}

/** Says what `generate` would change, and writes nothing. */
export function checkGenerated(options: GenerateOptions): Promise<GenerateResult> {
  return createGenerator(options).check()
}

interface Compiled {
  readonly problems: readonly Problem[]
  readonly artifact: Artifact | undefined
  /** Texts by file name; `undefined` for files that earlier runs may have left. */
  readonly files: ReadonlyMap<string, string | undefined>
}

function compile(project: SourceProject, options: GenerateOptions): Compiled {
  const { api, problems } = readApi(project)
  if (problems.length > 0) return { problems, artifact: undefined, files: new Map() }
  const artifact = toArtifact(api)
  const extension = project.importsTypeScript ? '.ts' : '.js'
  const out = join(project.root, options.out ?? 'mizan')
  const specifierOf = (module: string): string =>
    importSpecifier(out, join(project.root, module), extension)
  const files = emitFiles(api, {
    artifact,
    targets: options.targets ?? [],
    extension,
    specifierOf,
  })
  return { problems, artifact, files }
}

function importSpecifier(folder: string, file: string, extension: '.ts' | '.js'): string {
  const path = relative(folder, file).split(sep).join('/')
  const named = extension === '.ts' ? path : path.replace(/\.([cm]?)tsx?$/, '.$1js')
  return named.startsWith('.') ? named : `./${named}`
}

interface FileChange {
  readonly path: string
  /** `undefined` removes the file. */
  readonly text: string | undefined
}

async function changedFiles(
  out: string,
  files: ReadonlyMap<string, string | undefined>,
): Promise<FileChange[]> {
  const all = await Promise.all(
    [...files].map(async ([name, text]) => {
      const path = join(out, name)
      return (await readText(path)) === text ? [] : [{ path, text }]
    }),
  )
  return all.flat()
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined // cast: errors of node:fs
    throw error
  }
}

/** Every text is on disk before the first file appears, so that a full disk leaves the old ones whole. */
async function writeAll(changes: readonly FileChange[]): Promise<void> {
  const staged = changes.flatMap(({ path, text }) =>
    text === undefined ? [] : [{ path, text, temporary: `${path}.${process.pid}.tmp` }],
  )
  try {
    for (const { temporary, text } of staged) {
      await mkdir(dirname(temporary), { recursive: true })
      await writeFile(temporary, text)
    }
    for (const { path, temporary } of staged) await rename(temporary, path)
  } finally {
    for (const { temporary } of staged) await rm(temporary, { force: true })
  }
  for (const { path, text } of changes) if (text === undefined) await rm(path, { force: true })
}
