/** A thread of the render worker that ends the process when the server is gone: nothing else runs while a component hangs. */

import process from 'node:process'
import { workerData } from 'node:worker_threads'
import type { WatchedServer } from './watch-server.ts'

const interval = 250
const { parent, server } = workerData as WatchedServer // cast: watch-server.ts gives it

// No signal and no pipe reaches a loop that never ends, but a killed server's children get another parent; where they do not, as on
// Windows or behind a program that starts another, the server's id is of nobody any more.
setInterval(() => {
  if (process.ppid !== parent || !isRunning(server)) process.kill(process.pid, 'SIGKILL')
}, interval)

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // One of somebody else may not be asked, but is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
