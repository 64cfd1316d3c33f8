/** Starts a server program, waits until it says that it is ready, and ends it when disposed. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { basename } from 'node:path'
import type { Account } from './account.ts'
import { guard } from './guard.ts'

export interface ServerProcessOptions {
  readonly command: string
  readonly args: readonly string[]
  /** The line, on either output, with which the server announces that it takes connections. */
  readonly ready: RegExp
  /** Removed as well when the test process dies without disposing. */
  readonly folder: string
  readonly account?: Account | undefined
  /** Milliseconds until the start counts as failed. @default 120000 */
  readonly timeout?: number
}

/** A running server program. */
export interface ServerProcess extends AsyncDisposable {
  readonly pid: number
}

const keptOutput = 4_000

/**
 * Starts `command` and resolves once it is ready. Disposing kills it: what it holds is temporary, so there is nothing
 * to flush.
 *
 * @throws Error with the end of the program's output, when it ends or stays silent instead.
 */
export async function serverProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const { command, args, account, folder } = options
  const child = spawn(command, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(account ? { uid: account.uid, gid: account.gid } : {}),
  })
  await once(child, 'spawn')
  // cast: a spawned child has a pid
  const pid = child.pid as number
  const watch = guard({ pid, folder })
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
    watch[Symbol.dispose]()
  }
  try {
    await announced(child, options)
  } catch (error) {
    await stop()
    throw error
  }
  return { pid, [Symbol.asyncDispose]: stop }
}

function announced(child: ChildProcess, options: ServerProcessOptions): Promise<void> {
  const name = basename(options.command)
  return new Promise((resolve, reject) => {
    let output = ''
    let settled = false
    const fail = (what: string): void => {
      if (settled) return
      settled = true
      clearTimeout(timer)
      reject(new Error(`${name} ${what}:\n${output.trim() || '(no output)'}`))
    }
    const timeout = options.timeout ?? 120_000
    const timer = setTimeout(() => fail(`was not ready after ${timeout} ms`), timeout)
    const read = (chunk: Buffer): void => {
      if (settled) return
      output = (output + chunk.toString('utf8')).slice(-keptOutput)
      if (!options.ready.test(output)) return
      settled = true
      clearTimeout(timer)
      resolve()
    }
    // Reading goes on after the start: a full pipe would stop the server.
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('close', (code, signal) => fail(`ended with ${signal ?? `code ${code}`}`))
  })
}
