/** Watches what generated files are made from, and tells of edits in batches, one batch at a time. */

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, extname, join, relative, resolve, sep } from 'node:path'
import type { Generator } from '@mizan/codegen'
import { wordsFor } from './failure.ts'
import type { LoadedConfig } from './load-config.ts'
import type { Terminal } from './terminal.ts'
import { TreeWatcher } from './watch/tree-watcher.ts'

/** A running watcher. */
export interface SourceWatcher extends AsyncDisposable {
  /**
   * Tells of edits from now on, and of those since the watcher was made; also of these files, wherever they are. Called
   * after each run with what it has read.
   */
  follow(paths: readonly string[]): void
}

/** What is done with edits. */
export interface WatchSourcesOptions {
  readonly generator: Pick<Generator, 'isCurrent'>
  readonly terminal: Terminal
  /** Given absolute paths. The next batch waits until it has settled; what it throws is said and ends nothing. */
  onEdit(paths: readonly string[]): Promise<void>
}

/** Editors write in several steps: a batch begins when it was quiet for so many milliseconds, or after so many. */
const settleTime = 20
const patience = 500

/**
 * Watches the folders of the globs, the schema and the migrations, and every module that the functions import.
 *
 * Made before the first run, so that no edit falls between what that has read and what is watched.
 */
export function watchSources(loaded: LoadedConfig, options: WatchSourcesOptions): SourceWatcher {
  const { generator, terminal } = options
  const out = resolve(loaded.root, loaded.config.out ?? 'mizan') + sep
  const pending = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let stirredAt: number | undefined
  let running: Promise<void> | undefined
  let isFollowing = false
  let isClosed = false

  const run = (): void => {
    stirredAt = undefined
    for (const path of tree.changes()) pending.add(path)
    const paths = [...pending].sort()
    pending.clear()
    if (paths.length === 0) return
    running = options
      .onEdit(paths)
      .catch((error: unknown) => terminal.complain(wordsFor(error)))
      .finally(() => {
        running = undefined
        if (isClosed) return
        tree.sweep()
        schedule()
      })
  }
  const schedule = (): void => {
    if (!isFollowing || running !== undefined || isClosed) return
    stirredAt ??= performance.now()
    clearTimeout(timer)
    timer = setTimeout(run, performance.now() - stirredAt < patience ? settleTime : 0)
  }
  const tree = new TreeWatcher({
    enters: (path) => !isIgnored(path + sep, loaded.root, out),
    accepts: (path) => isSource(path) && !isIgnored(path, loaded.root, out),
    onStir: schedule,
    onTrouble: (error) =>
      terminal.complain(`${wordsFor(error)}; looking for edits once a second instead`),
  })
  tree.add(rootsOf(loaded))
  const mark = markWatching(loaded.root)
  return {
    follow(paths) {
      if (isClosed) return
      tree.addFiles(paths.filter(isApplicationFile))
      // Written while they were being read, before anybody watched them.
      for (const path of paths) if (!generator.isCurrent(path)) pending.add(path)
      isFollowing = true
      schedule()
    },
    async [Symbol.asyncDispose]() {
      isClosed = true
      clearTimeout(timer)
      tree[Symbol.dispose]()
      mark[Symbol.dispose]()
      await running
    },
  }
}

/** `.mizan/watching` holds our process id: a dev server of Vite need not generate what we generate. */
function markWatching(root: string): Disposable {
  const path = join(root, '.mizan', 'watching')
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, String(process.pid))
  } catch {
    // Then both do, and write the same.
  }
  return { [Symbol.dispose]: () => rmSync(path, { force: true }) }
}

function rootsOf({ root, config, path }: LoadedConfig): string[] {
  const globs = config.functions.filter((glob) => !glob.startsWith('!'))
  const folders = globs.map((glob) => resolve(root, staticPart(glob)))
  const db =
    config.db === undefined
      ? []
      : [resolve(root, config.db.schema), resolve(root, config.db.migrations)]
  return [...new Set([...folders, ...db, path])]
}

/** `src/server` of `src/server/**\/*.ts`. */
function staticPart(glob: string): string {
  const parts = glob.split('/')
  const first = parts.findIndex((part) => /[*?{}[\]()!]/.test(part))
  return first < 0 ? glob : parts.slice(0, first).join('/')
}

/** By the path inside the project: where a project itself stands says nothing. */
function isIgnored(path: string, root: string, out: string): boolean {
  if (path.startsWith(out) || /\.gen\.[a-z]+$/.test(path)) return true
  return /(^|[/\\])(node_modules|\.git|\.mizan|dist)([/\\]|$)/.test(relative(root, path))
}

function isSource(path: string): boolean {
  return ['.ts', '.tsx', '.mts', '.cts', '.js', '.mjs', '.json', '.sql'].includes(extname(path))
}

/** Not the sources of Mizan itself, which a checkout of it would lead to. */
function isApplicationFile(path: string): boolean {
  return (
    !packageName(dirname(path)).startsWith('@mizan/') ||
    packageName(dirname(path)).startsWith('@mizan/example')
  )
}

const packageNames = new Map<string, string>()

function packageName(folder: string): string {
  const known = packageNames.get(folder)
  if (known !== undefined) return known
  const name =
    readName(join(folder, 'package.json')) ??
    (dirname(folder) === folder ? '' : packageName(dirname(folder)))
  packageNames.set(folder, name)
  return name
}

function readName(path: string): string | undefined {
  if (!existsSync(path)) return undefined
  const { name } = JSON.parse(readFileSync(path, 'utf8')) as { readonly name?: string } // cast: a package.json
  return name ?? ''
}
