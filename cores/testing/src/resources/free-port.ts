/** A TCP port that nobody listens on, and that nobody is given by chance. */

import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Below what systems hand out to those who ask for port 0 and to those who connect (from 32768 on Linux, from 49152
 * elsewhere): only somebody who names this very port can take it.
 */
const lowest = 12_000
const count = 20_000

let next = Math.floor(Math.random() * count)

/**
 * A port on 127.0.0.1 that nobody listens on, another one with each call. Prefer listening on port 0 where you can, and
 * try again where you cannot: a process that chose the same number at random may be quicker.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + next
    next = (next + 1) % count
    if (await isFree(port)) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (error) {
    // cast: what Node's servers fail with
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false
    throw error
  }
  server.close()
  await once(server, 'close')
  return true
}
