/** Only one process at a time creates, starts or joins the cluster of a folder. */

import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { Home } from './home.ts'
import { isAlive, serverPatience } from './postmaster.ts'

/**
 * Runs `work` while holding the folder's lock file.
 *
 * @throws Error when another living process holds it for twice as long as a start may take.
 */
export async function withStartLock<T>(home: Home, work: () => Promise<T>): Promise<T> {
  const limit = performance.now() + 2 * serverPatience
  const own = `${home.lock}.${process.pid}.${Math.random().toString(36).slice(2)}`
  // A link to a finished file, so that nobody ever reads a lock without its owner in it.
  writeFileSync(own, String(process.pid))
  try {
    while (!isTaken(own, home.lock)) {
      if (performance.now() > limit) {
        throw new Error(
          `Process ${readFileSync(home.lock, 'utf8')} has been starting PostgreSQL for too long; remove ${home.lock} if it hangs`,
        )
      }
      await delay(10)
    }
    try {
      return await work()
    } finally {
      rmSync(home.lock, { force: true })
    }
  } finally {
    rmSync(own, { force: true })
  }
}

function isTaken(own: string, lock: string): boolean {
  try {
    linkSync(own, lock)
    return true
  } catch {
    breakStale(lock, `${own}.stale`)
    return false
  }
}

/** Moves a dead owner's lock away; a living owner's, caught by a race, is put back. */
function breakStale(lock: string, aside: string): void {
  try {
    if (isAlive(Number(readFileSync(lock, 'utf8')))) return
    renameSync(lock, aside)
    if (isAlive(Number(readFileSync(aside, 'utf8')))) linkSync(aside, lock)
    rmSync(aside, { force: true })
  } catch {
    // Gone in the meantime: the next turn looks again.
  }
}
