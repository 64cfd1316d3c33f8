/** Who still uses a server: a named pipe that ends it with its last writer, and a file for each user. */

import { constants, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Home } from './home.ts'
import { isAlive } from './postmaster.ts'

/** One use of a server. */
export interface Lease {
  /** The writing end of the pipe; the system closes it when the process dies, however it dies. */
  readonly descriptor: number
  readonly file: string
}

/** Joins the server of `home`; undefined when nobody watches the pipe (the server has no owner any more). */
export function takeLease(home: Home): Lease | undefined {
  try {
    return toLease(home, openSync(home.lease, constants.O_WRONLY | constants.O_NONBLOCK))
  } catch (error) {
    // ENXIO: no reader; ENOENT: no pipe. Anything else is a fault that the caller must see.
    // cast: errors of node:fs carry a code
    if (['ENXIO', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

/** A lease around a descriptor that is already open. */
export function toLease(home: Home, descriptor: number): Lease {
  const file = join(home.users, `${process.pid}.${randomUUID()}`)
  writeFileSync(file, '')
  return { descriptor, file }
}

/** Whether somebody besides `own` uses the server; files of dead processes are swept. */
export function hasOtherUsers(home: Home, own: Lease): boolean {
  let others = false
  for (const name of readdirSync(home.users)) {
    const path = join(home.users, name)
    if (path === own.file) continue
    if (isAlive(Number.parseInt(name, 10))) others = true
    else rmSync(path, { force: true })
  }
  return others
}

/** Takes the user's file away. */
export function dropLease(lease: Lease): void {
  rmSync(lease.file, { force: true })
}
