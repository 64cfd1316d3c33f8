/** Runs one command and keeps what it says. */

import { spawn } from 'node:child_process'

/** How a command ended: its exit code (or 1 after a signal) and all it wrote, in order. */
export interface Outcome {
  readonly code: number
  readonly output: string
}

/** Where and with what a command runs. */
export interface RunOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  /** Lets the command write to our output itself; the outcome then has none. @default false */
  readonly show?: boolean
}

/** Runs a command to its end; a failure is an outcome, not an exception. */
export function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: options.show === true ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    }
    child.on('error', (error) => resolve({ code: 1, output: `${command}: ${error.message}` }))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}
