/** Tells one state of a file or folder from the next, also where the clock of the file system does not. */

import { createHash } from 'node:crypto'
import { type BigIntStats, readFileSync, statSync } from 'node:fs'

/** One state of a file. */
export interface Stamp {
  readonly facts: string
  /** Of the content; only where the next write might leave the facts as they are. */
  readonly digest?: string
}

/** File systems tell times apart by this many milliseconds; FAT is the coarsest. */
const granularity = 2000

/** The state of a file now; `undefined` when there is none. */
export function stampOf(path: string): Stamp | undefined {
  const stats = statsOf(path)
  if (stats === undefined || !stats.isFile()) return undefined
  const facts = `${stats.mtimeNs} ${stats.ctimeNs} ${stats.size} ${stats.ino}`
  // Two writes within one tick of the clock look alike.
  const isFresh = Date.now() - Number(stats.ctimeMs) < granularity
  const digest = isFresh ? digestOf(path) : undefined
  return digest === undefined ? { facts } : { facts, digest }
}

/** What two stamps are of. */
export interface Stamped {
  readonly path: string
  /** Whether an event was about it, which facts alone may not show. */
  readonly isNamed: boolean
}

/** Whether a file is still as it was. */
export function isSame(before: Stamp, now: Stamp, { path, isNamed }: Stamped): boolean {
  if (before.facts !== now.facts) return false
  if (!isNamed || before.digest === undefined) return true
  // A stamp that is taken later has no digest, which is no sign of another content.
  return before.digest === (now.digest ?? digestOf(path))
}

/** Tells a folder from another one at the same path. */
export function folderIdentity(path: string): string | undefined {
  const stats = statsOf(path)
  return stats?.isDirectory() ? `${stats.dev} ${stats.ino} ${stats.birthtimeNs}` : undefined
}

function statsOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false })
  } catch {
    return undefined // a file where a folder was, a folder that may not be entered
  }
}

function digestOf(path: string): string | undefined {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('base64')
  } catch {
    return undefined
  }
}
