/**
 * What a call and a read cost more than by hand with the sockets left out, in this process: the best of many short batches,
 * which hardly depends on what else the machine does (`dispatch.bench.ts` needs a quiet one).
 */

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { repository } from '../workspace.ts'
import { mizanRequests, toBytes } from './dispatch/requests.ts'
import { servers } from './dispatch/servers.ts'
import { Connection } from './dispatch/socketless.ts'
import { report } from './measured.ts'

const warmUp = 5_000
const batches = 300
const batch = 40
const holds = '"sum":5'

/** Microseconds by now, with room for noise: lower them when the numbers fall. */
const atMost = {
  node: [4, 4],
  express: [1.5, 1.5],
  fastify: [6.5, 5],
  hono: [13, 8],
} as const

const packages = ['node', 'express', 'fastify', 'hono'].map((name) => join('backends', name))
execFileSync(join(repository, 'node_modules/.bin/tsc'), ['-b', ...packages], {
  cwd: repository,
  stdio: 'inherit',
})

async function best(connection: Connection): Promise<number> {
  const started = performance.now()
  for (let count = 0; count < batch; count++) await connection.ask(holds)
  return ((performance.now() - started) * 1000) / batch
}

for (const [index, kind] of (['call', 'read'] as const).entries()) {
  const request = toBytes(mizanRequests[kind])
  for (const backend of ['node', 'express', 'fastify', 'hono'] as const) {
    const byHand = new Connection(await servers[`${backend} by hand`](), request)
    const mizan = new Connection(await servers[`${backend} Mizan`](), request)
    for (let count = 0; count < warmUp; count++) {
      await byHand.ask(holds)
      await mizan.ask(holds)
    }
    let [hand, ours] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
    for (let round = 0; round < batches; round++) {
      hand = Math.min(hand, await best(byHand))
      ours = Math.min(ours, await best(mizan))
    }
    process.stdout.write(
      `  ${kind}, ${backend}: by hand ${hand.toFixed(1)} µs, Mizan ${ours.toFixed(1)} µs\n`,
    )
    report({
      what: `${kind} on ${backend}, more than by hand, without sockets`,
      value: Number((ours - hand).toFixed(1)),
      unit: 'µs',
      goal: 2,
      atMost: atMost[backend][index] ?? 2,
    })
  }
}
