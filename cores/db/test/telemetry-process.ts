/**
 * A client with the real SDK of OpenTelemetry, in a process of its own: Vitest has Node take the entry of the API for bundlers,
 * whose imports Node cannot follow. Prints the spans of each scene, and the durations of all of them.
 */

import { sqlite } from '@mizan/db-sqlite'
import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { sql } from 'kysely'
import { createDbClient, eq, integer, serial, table, text } from '../src/index.ts'

const lists = table('lists', { id: serial().primaryKey(), name: text().notNull().unique() })
const tasks = table('tasks', { id: serial().primaryKey(), listId: integer().notNull() })

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
const exporter = new InMemorySpanExporter()
const tracer = new BasicTracerProvider({
  spanProcessors: [new SimpleSpanProcessor(exporter)],
}).getTracer('db')
const exported = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
const reader = new PeriodicExportingMetricReader({
  exporter: exported,
  exportIntervalMillis: 1_000_000,
})
const meters = new MeterProvider({ readers: [reader] })
const db = createDbClient({
  schema: { lists, tasks },
  dialect: sqlite({ url: ':memory:' }),
  telemetry: { tracer, meter: meters.getMeter('db') },
})
await sql`create table lists (id integer primary key, name text not null unique)`.execute(db)
await sql`create table tasks (id integer primary key, list_id integer not null)`.execute(db)

const add = (name: string) => db.insert(lists).values({ name }).execute()

const scenes: Readonly<Record<string, () => Promise<unknown>>> = {
  async statements() {
    await add('secret')
    await db.select().from(lists).where(eq(lists.name, 'secret')).execute()
  },
  failure: () => add('secret').catch(() => undefined),
  transaction: () =>
    tracer.startActiveSpan('caller', async (caller) => {
      await db.transaction(async (tx) => {
        await tx.insert(lists).values({ name: 'a' }).execute()
        await tx.transaction((inner) => inner.insert(lists).values({ name: 'b' }).execute())
      })
      caller.end()
    }),
  rollback: () =>
    db.transaction(() => Promise.reject(new RangeError('secret'))).catch(() => undefined),
  async names() {
    await sql`select 1 as one`.execute(db)
    await db
      .selectFrom('lists')
      .innerJoin('tasks', 'tasks.listId', 'lists.id')
      .select('name')
      .execute()
    for await (const row of db.select().from(lists).limit(2).stream()) void row
  },
}

const spans: Record<string, unknown> = {}
for (const [name, run] of Object.entries(scenes)) {
  exporter.reset()
  await run()
  spans[name] = exporter.getFinishedSpans().map((span) => ({
    name: span.name,
    kind: span.kind,
    attributes: span.attributes,
    status: span.status,
    events: span.events,
    id: span.spanContext().spanId,
    parent: span.parentSpanContext?.spanId,
  }))
}
await reader.forceFlush()
const metrics = (exported.getMetrics().at(-1)?.scopeMetrics ?? [])
  .flatMap((scope) => scope.metrics)
  .map(({ descriptor, dataPoints }) => ({
    name: descriptor.name,
    unit: descriptor.unit,
    points: dataPoints.map(({ attributes, value }) => ({
      attributes,
      count: (value as { count: number }).count, // cast: of a histogram
    })),
  }))
process.stdout.write(JSON.stringify({ spans, metrics }))
await db.destroy()
await meters.shutdown()
