/** Reads and writes through the data core against the same by hand, and by other libraries, on one PostgreSQL. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded } from '@mizan/db-postgres/embedded'
import { contestants } from './db/contestants.ts'
import { report } from './measured.ts'
import { seed } from './db/seed.ts'
import { type Case, cases, type Contestant } from './db/cases.ts'

/** How long each contestant runs each case, in milliseconds, and how often: many short turns, so that all meet the same load. */
const milliseconds = Number(process.env['BENCH_MILLISECONDS'] ?? 100)
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 12)

const folder = await mkdtemp(join(tmpdir(), 'mizan-bench-'))
const server = await startEmbedded({ dataDirectory: folder, ephemeral: true })
try {
  await seed(server.url)
  const all = await contestants(server.url)
  try {
    const results: Results = new Map()
    for (const one of cases) results.set(one.name, await measureCase(one, all))
    table(results, all)
    judge(results)
  } finally {
    for (const one of all) await one.end()
  }
} finally {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}

interface Measurement {
  readonly perSecond: number
  /** Of this process, in microseconds a run: what others do on the machine is not in it. */
  readonly processor: number
}

/** Of each case and contestant the best round. */
type Results = Map<string, Map<string, Measurement>>

/** In each round all run one after the other, so that they meet the same load. */
async function measureCase(
  one: Case,
  all: readonly Contestant[],
): Promise<Map<string, Measurement>> {
  const measured = new Map<string, Measurement>()
  let expected: string | undefined
  for (const contestant of all) {
    const run = contestant[one.run]
    if (run === undefined) continue
    const answer = JSON.stringify(await run(one.argument(0)), (_, value: unknown) =>
      typeof value === 'bigint' ? Number(value) : value,
    )
    if (!one.writes) {
      expected ??= answer
      if (answer !== expected)
        throw new Error(
          `${contestant.name} gives other rows for "${one.name}": ${answer.slice(0, 200)} and ${expected.slice(0, 200)}`,
        )
    }
  }
  for (let round = 0; round <= (one.rounds ?? rounds); round += 1) {
    for (const contestant of all) {
      const run = contestant[one.run]
      if (run === undefined) continue
      const { perSecond, processor } = await throughput(run, one)
      const best = measured.get(contestant.name)
      // The first round warms up.
      if (round > 0)
        measured.set(contestant.name, {
          perSecond: Math.max(perSecond, best?.perSecond ?? 0),
          processor: Math.min(processor, best?.processor ?? Infinity),
        })
    }
  }
  return measured
}

async function throughput(
  run: (argument: number) => Promise<unknown>,
  one: Case,
): Promise<Measurement> {
  const used = process.cpuUsage()
  const start = performance.now()
  const end = start + milliseconds
  let done = 0
  const work = async (): Promise<void> => {
    while (performance.now() < end) {
      await run(one.argument(done))
      done += 1
    }
  }
  await Promise.all(Array.from({ length: one.inFlight }, work))
  const perSecond = (done * 1000) / (performance.now() - start)
  const { user, system } = process.cpuUsage(used)
  return { perSecond, processor: (user + system) / done }
}

function table(results: Results, all: readonly Contestant[]): void {
  const line = (cells: readonly string[]): void => {
    process.stdout.write(`  | ${cells.join(' | ')} |\n`)
  }
  for (const [what, member] of [
    ['runs a second', 'perSecond'],
    ['processor, µs a run', 'processor'],
  ] as const) {
    line([what, ...cases.map((one) => one.name)])
    line(['---', ...cases.map(() => '---:')])
    for (const { name } of all)
      line([
        name,
        ...cases.map((one) => results.get(one.name)?.get(name)?.[member].toFixed(0) ?? ''),
      ])
  }
}

function judge(results: Results): void {
  const of = (name: string, contestant: string, member: keyof Measurement): number =>
    results.get(name)?.get(contestant)?.[member] ?? 0
  const ratio = (name: string, over: string, under: string): number =>
    Number((of(name, under, 'perSecond') / of(name, over, 'perSecond')).toFixed(3))
  for (const name of ['by key', 'by key, 16', 'page'])
    report({
      what: `processor time of "${name}" against unnamed pg`,
      value: Number((of(name, 'mizan', 'processor') / of(name, 'pg', 'processor')).toFixed(3)),
      unit: 'times',
      goal: 0.77,
      atMost: 1,
    })
  report({
    what: 'time of a read by key against unnamed pg, one at a time',
    value: ratio('by key', 'mizan', 'pg'),
    unit: 'times',
    goal: 0.77,
    atMost: 1.2,
  })
  report({
    what: 'time of a read by key against unnamed pg, 16 in flight',
    value: ratio('by key, 16', 'mizan', 'pg'),
    unit: 'times',
    goal: 0.5,
    atMost: 1,
  })
  report({
    what: 'time of an insert against unnamed pg, one at a time',
    value: ratio('insert', 'mizan', 'pg'),
    unit: 'times',
    goal: 1,
    atMost: 1.4,
  })
  report({
    what: 'time of 1 row with 10 against a prepared lateral by hand',
    value: ratio('1×10', 'mizan', 'pg, named'),
    unit: 'times',
    goal: 1.12,
    atMost: 1.6,
  })
  report({
    what: 'time of 1000 rows with 10 without an index against with one',
    value: Number(
      (of('1000×10', 'mizan', 'perSecond') / of('1000×10, no index', 'mizan', 'perSecond')).toFixed(
        3,
      ),
    ),
    unit: 'times',
    goal: 2,
    atMost: 3,
  })
}
