import { sqlite } from '@mizan/db-sqlite'
import { client, collect, createApp, defineToken, inject, type Token } from '@mizan/server'
import { createCaller, createInProcessFetch } from '@mizan/testing'
import { expect, test } from 'vitest'
import {
  createDbClient,
  createStatements,
  type Database,
  serial,
  table,
  text,
  toSnapshot,
} from '../src/index.ts'
import { dbPlugin } from '../src/plugin.ts'

const things = table('things', { id: serial().primaryKey(), name: text().notNull() })
const schema = { things }
type Db = Database<typeof schema>
const First: Token<Db> = defineToken('First')
const Second: Token<Db> = defineToken('Second')

class Things {
  readonly first: Db = inject(First)
  readonly second: Db = inject(Second)

  @client
  async add(name: string): Promise<void> {
    await this.first.insert(things).values({ name }).execute()
    await this.second.insert(things).values({ name }).execute()
    if (name === 'bad') throw new RangeError('bad')
  }
}

async function open() {
  const measured = new Map<string, number>()
  const callbacks: (() => void)[] = []
  const instrument = (name: string) => ({
    addCallback: (
      observe: (result: { observe(value: number, attributes?: object): void }) => void,
    ) =>
      void callbacks.push(() =>
        observe({
          observe: (value, attributes) =>
            void measured.set(`${name} ${JSON.stringify(attributes)}`, value),
        }),
      ),
  })
  const meter = {
    createHistogram: () => ({ record: () => undefined }),
    createUpDownCounter: () => ({ add: () => undefined }),
    createObservableUpDownCounter: instrument,
    createObservableCounter: instrument,
  }
  const create = (): Db => createDbClient({ schema, dialect: sqlite({ url: ':memory:' }) })
  const [first, second] = [create(), create()]
  const databases = [first, second]
  for (const db of databases)
    for (const statement of createStatements(toSnapshot(schema), db.dialect.ddl))
      await db.runDirectly('apart', (execute) => execute(statement))
  const app = createApp({
    functions: collect(Things),
    plugins: [
      dbPlugin({ database: first, token: First, name: 'first', migrationsOnBoot: 'ignore', meter }),
      dbPlugin({ database: second, token: Second, name: 'second', migrationsOnBoot: 'ignore' }),
    ],
    health: { details: true },
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
  })
  const measure = (): Record<string, number> => {
    for (const callback of callbacks) callback()
    return Object.fromEntries(measured)
  }
  return { app, databases, measure, [Symbol.asyncDispose]: () => app.close() }
}

test('a mutation has a transaction in each of several databases, and undoes both', async () => {
  await using running = await open()
  const caller = createCaller(running.app)
  await caller.call('add', { name: 'good' })
  await expect(caller.call('add', { name: 'bad' })).rejects.toMatchObject({ code: 'INTERNAL' })
  for (const db of running.databases) {
    const rows = await db.selectFrom('things').select('name').execute()
    expect(rows).toEqual([{ name: 'good' }])
  }
})

test('an app is ready when its databases answer, and measures who uses them', async () => {
  await using running = await open()
  const fetch = createInProcessFetch(running.app)
  const ready = await fetch('/health/ready')
  expect([ready.status, await ready.json()]).toEqual([
    200,
    { plugins: { first: 'ok', second: 'ok' }, status: 'ok' },
  ])
  expect(running.measure()).toEqual({
    'db.client.connection.count {"db.client.connection.pool.name":"first","db.client.connection.state":"used"}': 0,
    'db.client.connection.pending_requests {"db.client.connection.pool.name":"first"}': 0,
  })
  expect((await running.app.inspect()).plugins).toMatchObject(
    ['first', 'second'].map((name) => ({
      name,
      state: { dialect: 'sqlite', connections: { used: 0, waiting: 0 } },
    })),
  )
})
