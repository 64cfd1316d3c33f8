/** Starts the watch over the server that this worker is of. Loaded before the worker file, which may hang itself. */

import { extname } from 'node:path'
import process from 'node:process'
import { Worker } from 'node:worker_threads'
import { serverVariable } from './frames.ts'

/** What the watching thread is told. */
export interface WatchedServer {
  /** Of this process, at its start. */
  readonly parent: number
  /** The process of the bridge: the same, unless a program stands between them. */
  readonly server: number
}

/** In the environment, as this module may be loaded twice. */
const watchedVariable = 'MIZAN_SSR_WATCHED'

/** In a thread, so that a component in an endless loop does not outlive a server that was killed. Does nothing the second time. */
export function watchServer(): void {
  const pid = String(process.pid)
  if (process.env[watchedVariable] === pid) return
  process.env[watchedVariable] = pid
  const parent = process.ppid
  const workerData: WatchedServer = {
    parent,
    server: Number(process.env[serverVariable] ?? parent),
  }
  // The same folder holds it as TypeScript or, built, as JavaScript.
  const file = new URL(`./server-watch${extname(import.meta.url)}`, import.meta.url)
  new Worker(file, { workerData })
    .on('error', (error) => {
      process.stderr.write(`A render that hangs may outlive the server: ${error.message}\n`)
    })
    .unref()
}

// Only a bridge sets it.
if (process.env[serverVariable] !== undefined) watchServer()
