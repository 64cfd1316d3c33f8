/** Writes generated files: all of them or none, and nothing besides. */

import { readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** A file that is not as it ought to be. */
export interface FileChange {
  readonly path: string
  /** `undefined` removes the file. */
  readonly text: string | undefined
}

/** The generated files on disk: what this process has written and nobody has touched is not read again. */
export class GeneratedFiles {
  readonly #known = new Map<string, { readonly text: string; readonly stamp: string }>()

  /** Those of `files` that say something else on disk. */
  async changes(files: ReadonlyMap<string, string | undefined>): Promise<FileChange[]> {
    const all = await Promise.all(
      [...files].map(async ([path, text]) =>
        (await this.#textOf(path)) === text ? [] : [{ path, text }],
      ),
    )
    return all.flat()
  }

  /** Writes what `changes` has found. */
  async write(changes: readonly FileChange[]): Promise<void> {
    await writeFiles(changes)
    for (const { path, text } of changes) {
      const stamp = stampOf(path)
      if (text !== undefined && stamp !== undefined) this.#known.set(path, { text, stamp })
    }
  }

  async #textOf(path: string): Promise<string | undefined> {
    const stamp = stampOf(path)
    if (stamp === undefined) return undefined
    const known = this.#known.get(path)
    return known?.stamp === stamp ? known.text : readIfThere(path)
  }
}

/** Changes with every change of a file, also with one that sets its time back. */
function stampOf(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stats && `${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}`
}

/**
 * Every text is on disk before the first file appears, so that a full disk leaves the old ones whole; and nothing else
 * runs in between, so that Ctrl-C does too.
 */
async function writeFiles(changes: readonly FileChange[]): Promise<void> {
  if (changes.length === 0) return
  const folders = new Set(changes.map(({ path }) => dirname(path)))
  for (const folder of folders) await mkdir(folder, { recursive: true })
  const release = holdSignals()
  const staged = changes.flatMap(({ path, text }) =>
    text === undefined ? [] : [{ path, text, temporary: `${path}.${process.pid}.tmp` }],
  )
  try {
    for (const folder of folders) removeLeftovers(folder)
    for (const { temporary, text } of staged) writeFileSync(temporary, text)
    for (const { path, temporary } of staged) renameSync(temporary, path)
    for (const { path, text } of changes) if (text === undefined) rmSync(path, { force: true })
  } finally {
    for (const { temporary } of staged) rmSync(temporary, { force: true })
    release()
  }
}

const endSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** A signal that nobody listens for ends the process in the middle of a line; held, it ends it after this. */
function holdSignals(): () => void {
  const held = endSignals.filter((signal) => process.listenerCount(signal) === 0)
  const onSignal = (signal: NodeJS.Signals): void => {
    stop()
    process.kill(process.pid, signal)
  }
  const stop = (): void => {
    for (const signal of held) process.off(signal, onSignal)
  }
  for (const signal of held) process.on(signal, onSignal)
  // One that came meanwhile is told in a later turn.
  return () => void setImmediate(() => setImmediate(stop))
}

/** Of a run that was killed. */
function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = /\.gen\.(?:ts|json)\.(\d+)\.tmp$/.exec(name)?.[1]
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(folder, name), { force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined // cast: errors of node:fs
    throw error
  }
}
