/** `mizan generate`: reads a project and writes its generated files, all of them or none. */

import { readFile } from 'node:fs/promises'
import { realpathSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import type { Artifact } from '@mizan/protocol'
import { compilerIdentity } from './cache/compiler-identity.ts'
import { fileDigest, textDigest } from './cache/observations.ts'
import { outputDigests, readSnapshot, type Snapshot, writeSnapshot } from './cache/snapshot.ts'
import type { Compiler } from './compile.ts'
import type { ClientTarget } from './emit/files.ts'
import type { Problem } from './problem.ts'
import { matchFiles } from './read/match-files.ts'
import { GeneratedFiles } from './write-files.ts'

export type { ClientTarget } from './emit/files.ts'

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
  /**
   * Whether a run keeps in `.mizan/generate.json` what it depended on, and does nothing while that holds.
   *
   * @default true
   */
  readonly keep?: boolean
}

/** What a run found and did. */
export interface GenerateResult {
  /** Empty, or the reason why nothing was written. */
  readonly problems: readonly Problem[]
  /** Undefined with problems. */
  readonly artifact: Artifact | undefined
  /** Files that were written or removed, or would have been; relative to the root, sorted. */
  readonly changed: readonly string[]
  /** Nothing was read: what an earlier run depended on is as it was, and so is what it wrote. */
  readonly recalled?: true
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
  /** Opens the project where the last run was answered from what an earlier one had kept: the next one is warm. */
  warm(): Promise<void>
}

/** Opens a project. */
export function createGenerator(options: GenerateOptions): Generator {
  const root = realpathSync(resolve(options.root))
  const key = keyOf(options)
  let compiler: Compiler | undefined
  let kept: Snapshot | undefined
  const written = new GeneratedFiles()

  const open = async (): Promise<Compiler> => {
    if (compiler !== undefined) return compiler
    const { Compiler } = await import('./compile.ts')
    compiler = new Compiler(options)
    return compiler
  }
  const recall = async (): Promise<GenerateResult | undefined> => {
    if (compiler !== undefined || options.keep === false) return undefined
    kept = await readSnapshot(root, key(), () => matchFiles(root, options.functions))
    const artifact = kept === undefined ? undefined : await readArtifact(root, options)
    return artifact === undefined
      ? undefined
      : { problems: [], artifact, changed: [], recalled: true }
  }
  const run = async (paths: readonly string[], write: boolean): Promise<GenerateResult> => {
    const known = paths.length > 0 ? undefined : await recall()
    if (known !== undefined) return known
    const isFirst = compiler === undefined
    const opened = await open()
    opened.refresh(paths)
    const { problems, artifact, files } = opened.compile()
    if (artifact === undefined) return { problems, artifact, changed: [] }
    const changes = await written.changes(files)
    if (write) await written.write(changes)
    const isSettled = write || changes.length === 0
    if (isFirst && isSettled && options.keep !== false)
      await writeSnapshot(root, {
        key: key(),
        answers: opened.observations.answers(),
        matched: opened.project.matched,
        sources: opened.project.sourcePaths(),
        outputs: outputDigests(files),
      })
    const changed = changes.map(({ path }) => relative(root, path).split(sep).join('/')).sort()
    return { problems, artifact, changed }
  }
  return {
    generate: (paths = []) => run(paths, true),
    check: (paths = []) => run(paths, false),
    sources: () => compiler?.project.sourcePaths() ?? kept?.sources ?? [],
    isCurrent: (path) => compiler?.project.isCurrent(path) ?? isAsKept(path, kept),
    async warm() {
      void (await open()).project.checker
    },
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

/** Equal for runs that ask the same of the same compiler. */
function keyOf({ functions, out, targets }: GenerateOptions): () => string {
  let key: string | undefined
  return () =>
    (key ??= textDigest(
      JSON.stringify([compilerIdentity(), functions, out ?? 'mizan', targets ?? []]),
    ))
}

function isAsKept(path: string, kept: Snapshot | undefined): boolean {
  const digest = kept?.answers.reads[path]
  return digest === undefined || digest === fileDigest(path)
}

/** The artifact of files that were found to be current. */
async function readArtifact(root: string, { out }: GenerateOptions): Promise<Artifact | undefined> {
  try {
    const text = await readFile(join(root, out ?? 'mizan', 'artifact.gen.json'), 'utf8')
    return JSON.parse(text) as Artifact // cast: written by us, as its digest says
  } catch {
    return undefined
  }
}
