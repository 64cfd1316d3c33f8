/** What `postmaster.pid` says, checked against the process that really runs. */

import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Home } from './home.ts'

/** How long a server may take to come up (crash recovery included) or to end, in milliseconds. */
export const serverPatience = 60_000

/** The process id of the server on `home`; a `postmaster.pid` whose process is gone or is something else is removed. */
export function readServer(home: Home, program: string): number | undefined {
  const pid = Number(lines(home)[0])
  if (!(pid > 0)) return undefined
  if (isAlive(pid) && commandOf(pid).includes(program.slice(program.lastIndexOf('/') + 1)))
    return pid
  // The id now belongs to another program: PostgreSQL itself would refuse to start over this file.
  rmSync(join(home.data, 'postmaster.pid'), { force: true })
  return undefined
}

/** Whether the server has reported that it accepts connections. */
export function isReady(home: Home): boolean {
  return lines(home)[7]?.trim() === 'ready'
}

/** Whether a process runs, ours or not; one that has ended and was not yet collected by its parent does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // cast: errors of process.kill carry a code
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return !isZombie(pid)
}

/** In a container whose first process collects nobody, what has ended stays in the table for ever. */
function isZombie(pid: number): boolean {
  try {
    // "pid (command) state …"
    return /^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    // macOS has no /proc, and its launchd collects everybody.
    return false
  }
}

/** A server that was asked to end and has not after this many milliseconds ends without putting its house in order. */
const fastShutdown = 10_000

/** Asks a server to end at once and waits until it has. Its next start recovers what an ending in haste leaves behind. */
export async function endServer(home: Home, pid: number): Promise<void> {
  process.kill(pid, 'SIGINT')
  const haste = setTimeout(() => {
    if (isAlive(pid)) process.kill(pid, 'SIGQUIT')
  }, fastShutdown)
  try {
    await waitForEnd(home, pid)
  } finally {
    clearTimeout(haste)
  }
}

/**
 * Waits until the server is gone. Its `postmaster.pid` goes before it does, so the process itself is looked at.
 *
 * @throws Error when it still runs after {@link serverPatience}.
 */
export async function waitForEnd(home: Home, pid: number): Promise<void> {
  const limit = performance.now() + serverPatience
  while (isAlive(pid)) {
    if (performance.now() > limit) {
      throw new Error(
        `PostgreSQL (process ${pid}) did not end within ${serverPatience / 1000} s; see ${home.log}`,
      )
    }
    await delay(5)
  }
}

function lines(home: Home): readonly string[] {
  try {
    return readFileSync(join(home.data, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return []
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    // macOS has no /proc.
    try {
      return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
    } catch {
      return ''
    }
  }
}
