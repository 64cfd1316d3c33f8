/** A process, how long it took, and the most memory that it had. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'

/** What a process cost. */
export interface ProcessCost {
  readonly seconds: number
  /** Megabytes; `undefined` where the system does not say. */
  readonly memory: number | undefined
}

/** Milliseconds between two looks at a counter that only grows. */
const interval = 10

/**
 * Runs a command line to its end.
 *
 * @throws Error with what it said when it ends with another code than 0.
 */
export async function measured(command: readonly string[], folder: string): Promise<ProcessCost> {
  const [program = '', ...args] = command
  const start = performance.now()
  const child = spawn(program, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, FORCE_COLOR: '0' },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text))
  let memory: number | undefined
  const timer = setInterval(() => (memory = peakMemory(child.pid) ?? memory), interval)
  // cast: what `exit` comes with
  const [code] = (await once(child, 'exit')) as [number | null]
  const seconds = (performance.now() - start) / 1000
  clearInterval(timer)
  if (code !== 0)
    throw new Error(`${command.join(' ')} ended with ${code}:\n${said.slice(0, 2000)}`)
  return { seconds, memory }
}

function peakMemory(pid: number | undefined): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024
  } catch {
    return undefined // it has just ended
  }
}

/** The best of several costs: what else runs on the machine only adds. */
export function best(costs: readonly ProcessCost[]): ProcessCost {
  const memories = costs.flatMap(({ memory }) => memory ?? [])
  return {
    seconds: Math.min(...costs.map(({ seconds }) => seconds)),
    memory: memories.length === 0 ? undefined : Math.max(...memories),
  }
}
