/**
 * What a call and a read cost through Mizan: in each backend against the same backend's handler written by hand, and on
 * node:http against tRPC, oRPC and Hono RPC on the same function. Everything in one run: `make bench ONLY=dispatch`.
 *
 * Calls a second depend on what else the machine does; the processor time that a server uses for a request hardly does,
 * and is what decides.
 */

import { execFileSync } from 'node:child_process'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { repository } from '../workspace.ts'
import {
  type BenchRequests,
  honoRequests,
  mizanRequests,
  orpcRequests,
  toBytes,
  trpcRequests,
} from './dispatch/requests.ts'
import { type ServerProcess, serverProcess } from './dispatch/server-process.ts'
import type { ServerName } from './dispatch/servers.ts'
import { requestsPerSecond } from './load.ts'
import { report } from './measured.ts'

const rounds = 5
const milliseconds = 500
/** Requests after which a server runs compiled code, and the milliseconds that a busy machine gets for them. */
const warmUp = { requests: 20_000, milliseconds: 3_000 }
const connections = 32

/** How far a backend is from its own hand-written handler by now, call and read: lower it when the number falls. */
const atMost = {
  node: [1.5, 1.7],
  express: [1.15, 1.6],
  fastify: [1.7, 1.7],
  hono: [3, 2.3],
} as const

const packages = ['node', 'express', 'fastify', 'hono'].map((name) => join('backends', name))
execFileSync(join(repository, 'node_modules/.bin/tsc'), ['-b', ...packages], {
  cwd: repository,
  stdio: 'inherit',
})

/** What was measured of one server: the best round, as whatever disturbs makes a round worse. */
interface Cost {
  readonly perSecond: number
  /** Microseconds of processor time. */
  readonly cpu: number
}

const requestsOf: Readonly<Partial<Record<ServerName, BenchRequests>>> = {
  tRPC: trpcRequests,
  oRPC: orpcRequests,
  'Hono RPC': honoRequests,
}

type Kind = keyof BenchRequests

/** Measures the servers in turn, round after round, so that all of them have the same machine. */
async function compare(kind: Kind, names: readonly ServerName[]): Promise<Map<ServerName, Cost>> {
  await using stack = new AsyncDisposableStack()
  const started = await Promise.all(
    names.map(async (name) => {
      const request = toBytes((requestsOf[name] ?? mizanRequests)[kind])
      return { name, request, server: stack.use(await serverProcess(name)) }
    }),
  )
  for (const { server, request } of started) await warm(server, request)
  const costs = new Map<ServerName, Cost>()
  for (let round = 0; round < rounds; round++) {
    for (const { name, server, request } of started) {
      const cost = await load(server, request, milliseconds)
      const best = costs.get(name) ?? cost
      costs.set(name, {
        perSecond: Math.max(best.perSecond, cost.perSecond),
        cpu: Math.min(best.cpu, cost.cpu),
      })
    }
  }
  return costs
}

async function warm(server: ServerProcess, request: string): Promise<void> {
  let answered = 0
  for (
    let spent = 0;
    spent < warmUp.milliseconds && answered < warmUp.requests;
    spent += milliseconds
  ) {
    const { perSecond } = await load(server, request, milliseconds)
    answered += perSecond * (milliseconds / 1000)
  }
}

async function load(server: ServerProcess, request: string, duration: number): Promise<Cost> {
  const before = await server.cpu()
  const { port } = server
  const perSecond = await requestsPerSecond({
    port,
    request,
    connections,
    milliseconds: duration,
    holds: '"sum":5',
  })
  const used = (await server.cpu()) - before
  return { perSecond, cpu: used / (perSecond * (duration / 1000)) }
}

function show(title: string, costs: ReadonlyMap<ServerName, Cost>, against: ServerName): void {
  const base = costs.get(against)
  const rows = [...costs].map(([name, { perSecond, cpu }]) => [
    name,
    `${Math.round(perSecond)}/s`,
    `${cpu.toFixed(1)} µs`,
    `${(perSecond / (base?.perSecond ?? 1)).toFixed(2)} of the rate`,
    `${(cpu / (base?.cpu ?? 1)).toFixed(2)} times the processor`,
  ])
  const widths = [16, 9, 9, 16, 25]
  const lines = rows.map((row) =>
    row.map((cell, index) => cell.padStart(widths[index] ?? 0)).join(' '),
  )
  process.stdout.write(`  ${title}\n${lines.map((line) => `  ${line}\n`).join('')}`)
}

process.stdout.write(
  `  ${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} cores, load ${(loadavg()[0] ?? 0).toFixed(1)}, ${connections} connections\n`,
)
for (const [index, kind] of (['call', 'read'] as const).entries()) {
  for (const backend of ['node', 'express', 'fastify', 'hono'] as const) {
    const names: readonly ServerName[] = [`${backend} by hand`, `${backend} Mizan`]
    const costs = await compare(kind, names)
    show(`${kind}, ${backend}`, costs, `${backend} by hand`)
    const [hand, ours] = names.map((name) => costs.get(name)?.cpu ?? Number.NaN)
    report({
      what: `${kind} on ${backend} against its hand-written handler`,
      value: Number(((ours ?? Number.NaN) / (hand ?? Number.NaN)).toFixed(2)),
      unit: 'times',
      goal: 1.15,
      atMost: atMost[backend][index] ?? 1.15,
    })
  }
  const rivals = await compare(kind, ['node by hand', 'node Mizan', 'tRPC', 'oRPC', 'Hono RPC'])
  show(`${kind}, frameworks`, rivals, 'node by hand')
}
