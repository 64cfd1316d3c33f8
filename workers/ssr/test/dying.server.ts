/** A server with workers that hang, idle and do not even start; it says which processes they are, and dies as it is told. */

import { createRenderer, type Renderer } from '@mizan/ssr'

const [way = ''] = process.argv.slice(2)

function create(file: string, runtime: 'bun' | 'node', processes: number): Renderer {
  return createRenderer({
    worker: new URL(file, import.meta.url),
    runtime,
    flags: ['--conditions=@mizan/source'],
    processes,
    timeout: 600_000,
    onOutput: (text) => void process.stdout.write(text),
  })
}

for (const runtime of ['bun', 'node'] as const) {
  const renderer = create('./pages.worker.tsx', runtime, 2)
  const pids = new Set<string | undefined>()
  const look = async (): Promise<unknown> =>
    pids.add(/\d+/.exec((await renderer.render('Process', {})).html)?.[0])
  while (pids.size < 2) await Promise.all([look(), look()])
  for (const pid of pids) process.stdout.write(`child ${pid}\n`)
  void renderer.render('HangingAloud', {})
  void create('./hanging.worker.ts', runtime, 1)
    .start()
    .catch(() => undefined)
}
process.stdin.once('data', () => {
  if (way === 'throw') throw new Error('uncaught')
  if (way === 'exit') process.exit(3)
  if (way === 'memory') fillMemory()
})

function fillMemory(): never {
  for (const kept: unknown[] = []; ;) kept.push(Array.from({ length: 1_000 }, () => ({})))
}
