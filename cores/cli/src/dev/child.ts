/** The command that `mizan dev` keeps running: a process group of its own, so that nothing of it stays behind. */

import { spawn } from 'node:child_process'

/** How a command ended. */
export interface ChildExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** The end of what it wrote to its error stream, without colours. */
  readonly lastWords: string
}

/** A running command. */
export interface Child {
  /** Resolves when it has ended; rejects when it could not be started. */
  readonly exited: Promise<ChildExit>
  /** Ends the whole group: SIGTERM, and SIGKILL when that is not heard in time. */
  stop(): Promise<void>
  /** Ends the whole group now. */
  kill(): void
}

/** How a command is started. */
export interface ChildOptions {
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  /** Milliseconds between SIGTERM and SIGKILL. @default 5000 */
  readonly patience?: number
}

const lastWordsLength = 8192

/** Starts `command`. */
export function startChild(command: readonly string[], options: ChildOptions): Child {
  const [program = '', ...args] = command
  const child = spawn(program, args, {
    cwd: options.folder,
    env: { ...process.env, ...options.environment },
    // A group of its own may not read from the terminal: it would be stopped.
    stdio: ['ignore', 'inherit', 'pipe'],
    detached: process.platform !== 'win32',
  })
  let lastWords = ''
  child.stderr.on('data', (chunk: Buffer) => {
    process.stderr.write(chunk)
    lastWords = (lastWords + chunk.toString('utf8')).slice(-lastWordsLength)
  })
  const signalGroup = (signal: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined)
        process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal)
    } catch {
      // The group is gone already.
    }
  }
  // A group of its own outlives us otherwise, when we end by an error.
  const onExit = (): void => signalGroup('SIGKILL')
  process.once('exit', onExit)
  let ended = false
  const exited = new Promise<ChildExit>((resolve, reject) => {
    child.once('error', (error) => {
      ended = true
      reject(error)
    })
    child.once('exit', () => {
      ended = true
      process.off('exit', onExit)
      signalGroup('SIGKILL') // what the command left behind
    })
    child.once('close', (code, signal) => {
      resolve({ code, signal, lastWords: withoutColours(lastWords) })
    })
  })
  // Whoever waits gets the rejection; nobody has to.
  exited.catch(() => undefined)
  return {
    exited,
    async stop() {
      if (ended) return
      signalGroup('SIGTERM')
      const timer = setTimeout(() => signalGroup('SIGKILL'), options.patience ?? 5000)
      await exited.catch(() => undefined)
      clearTimeout(timer)
    },
    kill: () => signalGroup('SIGKILL'),
  }
}

function withoutColours(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\u001b\[[0-9;]*m/g, '')
}
