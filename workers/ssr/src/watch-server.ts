/** Starts the watch over the server that this worker is of. Loaded before the worker file, which may hang itself. */

import process from 'node:process'
import { Worker } from 'node:worker_threads'
import { serverVariable } from './frames.ts'

/** In the environment, as this module may be loaded twice: before the worker file, and in what a build has made of it. */
const watchedVariable = 'MIZAN_SSR_WATCHED'

// No signal and no pipe reaches a loop that never ends, but a killed server's children get another parent; where they do not, as on
// Windows or behind a program that starts another, the server's id is of nobody any more. As text, since a build that puts the
// worker into one file leaves no other beside it.
const watch = `
const { workerData: { parent, server } } = require('node:worker_threads')
const isRunning = () => {
  try {
    return process.kill(server, 0)
  } catch (error) {
    // One of somebody else may not be asked, but is there.
    return error.code === 'EPERM'
  }
}
setInterval(() => {
  if (process.ppid !== parent || !isRunning()) process.kill(process.pid, 'SIGKILL')
}, 250)
`

/** In a thread, so that a component in an endless loop does not outlive a server that was killed. Does nothing the second time. */
export function watchServer(): void {
  const pid = String(process.pid)
  if (process.env[watchedVariable] === pid) return
  process.env[watchedVariable] = pid
  const parent = process.ppid
  // The bridge is the parent, unless a program stands between them.
  const server = Number(process.env[serverVariable] ?? parent)
  new Worker(watch, { eval: true, execArgv: [], workerData: { parent, server } })
    .on('error', (error) => {
      process.stderr.write(`A render that hangs may outlive the server: ${error.message}\n`)
    })
    .unref()
}

// Only a bridge sets it.
if (process.env[serverVariable] !== undefined) watchServer()
