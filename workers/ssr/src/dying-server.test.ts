/** However a server dies, its workers die with it: idle ones, ones that hang, and ones that hang before they start. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { eventually } from '@mizan/testing/resources'
import { expect, test } from 'vitest'

const script = fileURLToPath(new URL('../test/dying.server.ts', import.meta.url))
/** Of each runtime one that idles, one that hangs (and says so) and one that never starts. */
const children = 6

async function start(way: string) {
  const runtime = ['--max-old-space-size=128', '--conditions=@mizan/source', '--import', 'tsx']
  const server = spawn(process.execPath, [...runtime, script, way], { stdio: 'pipe' })
  const exit = once(server, 'exit')
  let text = ''
  server.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  // It may complain of its death.
  server.stderr.resume()
  const pids = (): number[] => [...text.matchAll(/child (\d+)\n/g)].map(([, pid]) => Number(pid))
  // One that does not start is replaced after a while.
  await eventually(() => {
    expect(pids().length).toBeGreaterThanOrEqual(children)
    expect(text.split('hangs')).toHaveLength(3)
  })
  return { server, exit, pids }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test.each<[string, readonly [number | null, NodeJS.Signals | null]]>([
  ['SIGKILL', [null, 'SIGKILL']],
  ['SIGTERM', [null, 'SIGTERM']],
  ['throw', [1, null]],
  ['exit', [3, null]],
  ['memory', [null, 'SIGABRT']],
])('%s', async (way, wanted) => {
  const { server, exit, pids } = await start(way)
  expect(pids().filter(isRunning).length).toBeGreaterThan(0)
  if (way.startsWith('SIG')) server.kill(way as NodeJS.Signals) // cast: by its name
  else server.stdin.write('now')
  expect(await exit).toEqual(wanted)
  await eventually(() => expect(pids().filter(isRunning)).toEqual([]))
})
