/** Watches what generated files are made from, and tells of edits in batches, one batch at a time. */

import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, extname, join, relative, resolve, sep } from 'node:path'
import type { Generator } from '@mizan/codegen'
import { watch } from 'chokidar'
import { wordsFor } from './failure.ts'
import type { LoadedConfig } from './load-config.ts'
import type { Terminal } from './terminal.ts'

/** A running watcher. */
export interface SourceWatcher extends AsyncDisposable {
  /** Also watches these files, wherever they are. */
  follow(paths: readonly string[]): void
}

/** What is done with edits. */
export interface WatchSourcesOptions {
  readonly generator: Generator
  readonly terminal: Terminal
  /** Given absolute paths. The next batch waits until it has settled; what it throws is said and ends nothing. */
  onEdit(paths: readonly string[]): Promise<void>
}

/** Editors write in several steps; a batch begins this many milliseconds after the first. */
const settleTime = 25

/** The watcher swallows a change of a file within 50 milliseconds of the one before, as a formatter on save makes it. */
const swallowTime = 60

/** Watches the folders of the globs, the schema and the migrations, and every module that the functions import. */
export async function watchSources(
  loaded: LoadedConfig,
  { generator, terminal, onEdit }: WatchSourcesOptions,
): Promise<SourceWatcher> {
  const out = resolve(loaded.root, loaded.config.out ?? 'mizan') + sep
  const watcher = watch(foldersOf(loaded), {
    ignoreInitial: true,
    ignored: (path, stats) =>
      isIgnored(path, loaded.root, out) || (stats?.isFile() === true && !isSource(path)),
  })
  const pending = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined

  const looks = new Set<NodeJS.Timeout>()
  const lookAgain = (paths: readonly string[]): void => {
    const stamps = paths.map((path) => [path, stampOf(path)] as const)
    const look = setTimeout(() => {
      looks.delete(look)
      for (const [path, stamp] of stamps) if (stampOf(path) !== stamp) pending.add(path)
      schedule()
    }, swallowTime)
    looks.add(look)
  }

  const schedule = (): void => {
    if (running !== undefined || pending.size === 0) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      const paths = [...pending].sort()
      pending.clear()
      lookAgain(paths)
      if (paths.includes(loaded.path))
        terminal.say('mizan.config.ts changed; start this command again to use it')
      running = onEdit(paths)
        .catch((error: unknown) => terminal.complain(wordsFor(error)))
        .finally(() => {
          running = undefined
          schedule()
        })
    }, settleTime)
  }
  watcher.on('error', (error) => terminal.complain(`cannot watch for edits: ${wordsFor(error)}`))
  watcher.on('all', (_event, path) => {
    pending.add(resolve(path))
    schedule()
  })
  await new Promise<void>((ready) => watcher.once('ready', ready))
  let isClosed = false
  const follow = (paths: readonly string[]): void => {
    // A closed watcher would open again, and keep the process.
    if (!isClosed) watcher.add(paths.filter(isApplicationFile))
  }
  follow(generator.sources())
  return {
    follow,
    async [Symbol.asyncDispose]() {
      isClosed = true
      clearTimeout(timer)
      for (const look of looks) clearTimeout(look)
      pending.clear()
      await watcher.close()
      await running
    },
  }
}

/** Tells one state of a file from the next. */
function stampOf(path: string): string {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stats === undefined ? 'gone' : `${stats.mtimeNs} ${stats.size} ${stats.ino}`
}

function foldersOf({ root, config, path }: LoadedConfig): string[] {
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
