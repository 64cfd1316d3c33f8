import { postgres } from '@mizan/db-postgres'
import {
  client,
  collect,
  createApp,
  defineContext,
  defineToken,
  inject,
  type Logger,
} from '@mizan/server'
import { postgres as server, type PostgresResource } from '@mizan/testing/resources'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signal } from './dialect.conformance.ts'
import {
  CommitOutcomeUnknownError,
  ConnectionError,
  createDbClient,
  createStatements,
  type Database,
  eq,
  integer,
  NoFreeConnectionError,
  serial,
  table,
  toSnapshot,
  TransactionEndedError,
  UniqueViolationError,
  varchar,
} from './index.ts'
import { dbPlugin } from './plugin.ts'

const tasks = table('tasks', {
  id: serial().primaryKey(),
  listId: integer().notNull(),
  title: varchar(40).notNull().unique(),
})
const schema = { tasks }
type Db = Database<typeof schema>
const Db = defineToken<Db>('Db')
const silent: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined }
const ListContext = defineContext('list')

/** What a test wants to happen inside a function. */
let during: (db: Db) => Promise<unknown>

class Tasks {
  readonly db: Db = inject(Db)

  @client({ context: ListContext })
  async titles(listId: number): Promise<string[]> {
    const rows = await this.db
      .select()
      .from(tasks)
      .where(eq(tasks.listId, listId))
      .orderBy(tasks.id)
      .execute()
    return rows.map((row) => row.title)
  }

  @client
  async change(): Promise<void> {
    await during(this.db)
  }
}

let resource: PostgresResource
beforeAll(async () => {
  resource = await server()
})
afterAll(() => resource[Symbol.asyncDispose]())

/** @param acquireTimeout short only where nobody gets a connection: opening one takes as long as a busy machine needs */
async function startApp(maximumConnections = 2, acquireTimeout = 60_000) {
  const dialect = postgres({ url: resource.url, maximumConnections, connectTimeout: 60_000 })
  const database = createDbClient({ schema, dialect, acquireTimeout })
  await sql`drop table if exists tasks`.execute(database)
  for (const statement of createStatements(toSnapshot(schema), dialect.ddl))
    await sql.raw(statement).execute(database)
  const app = createApp({
    functions: collect(Tasks),
    plugins: [dbPlugin({ database, token: Db, migrationsOnBoot: 'ignore' })],
    logger: silent,
  })
  await app.start()
  const committed: string[] = []
  database.on('commit', ({ writes }) => committed.push(...writes))
  const change = (work: typeof during): Promise<unknown> => {
    during = work
    return app.call(Tasks.prototype.change, [])
  }
  const titles = (listId: number) => app.call(Tasks.prototype.titles, [listId])
  return { app, database, change, titles, committed, [Symbol.asyncDispose]: () => app.close() }
}

const add = (db: Db, title: string, listId = 1) =>
  db.insert(tasks).values({ listId, title }).execute()

/** Ends the connection that `db` stands on, from another one. */
async function endConnection(db: Db): Promise<void> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)
  await using other = createDbClient({ schema: {}, dialect: postgres({ url: resource.url }) })
  await sql`select pg_terminate_backend(${rows[0]?.pid}, 5000)`.execute(other)
}

test('statements that a mutation starts together share its one transaction', async () => {
  await using running = await startApp()
  const seen = new Set<unknown>()
  await running.change(async (db) => {
    const look = async (title: string): Promise<void> => {
      await add(db, title)
      const { rows } = await sql`select pg_backend_pid() as pid, now() as began`.execute(db)
      seen.add(JSON.stringify(rows))
    }
    await Promise.all(['a', 'b', 'c'].map(look))
  })
  expect(seen.size).toBe(1)
  expect(await running.titles(1)).toEqual(['a', 'b', 'c'])
})

/** Resolves to what became of an inner transaction that fails while `beside` runs. */
async function failBeside(db: Db, beside: () => Promise<unknown>): Promise<unknown[]> {
  const [begun, ready] = [signal(), signal()]
  const inner = db.transaction(async (tx) => {
    await add(tx, 'inner')
    // Through the ambient client, and yet part of it.
    await add(db, 'inner too')
    begun.raise()
    await ready.raised
    throw new RangeError('inner')
  })
  await begun.raised
  const outer = beside()
  ready.raise()
  return (await Promise.allSettled([inner, outer])).map((one) => one.status)
}

test('what runs beside an inner transaction that is rolled back is not taken along', async () => {
  await using running = await startApp()
  await running.change(async (db) => {
    expect(await failBeside(db, () => add(db, 'beside'))).toEqual(['rejected', 'fulfilled'])
  })
  expect(await running.titles(1)).toEqual(['beside'])
  expect(running.committed.filter((tag) => tag === 'tasks')).toHaveLength(1)
})

test('of two inner transactions at once one may fail', async () => {
  await using running = await startApp()
  await running.change(async (db) => {
    const other = () =>
      db.transaction(async (tx) => {
        await add(tx, 'other')
        await db.transaction((deeper) => add(deeper, 'deeper'))
      })
    expect(await failBeside(db, other)).toEqual(['rejected', 'fulfilled'])
  })
  expect(await running.titles(1)).toEqual(['other', 'deeper'])
})

test('an inner transaction may use the outer client and belongs together all the same', async () => {
  await using running = await startApp()
  await running.change(async (db) => {
    await db.transaction(async (outer) => {
      await outer
        .transaction(async () => {
          await add(outer, 'through the outer one')
          throw new RangeError('undone')
        })
        .catch(() => undefined)
      await add(outer, 'kept')
    })
  })
  expect(await running.titles(1)).toEqual(['kept'])
})

test('inner transactions that wait for each other end with an error in time', async () => {
  await using running = await startApp(2, 500)
  const failed = running.change(async (db) => {
    const begun = signal()
    let beside: Promise<unknown> = Promise.resolve()
    const inner = db.transaction(async () => {
      begun.raise()
      await Promise.resolve()
      await beside
    })
    beside = begun.raised.then(() => add(db, 'beside'))
    await inner
  })
  await expect(failed).rejects.toMatchObject({ code: 'transactions_overlap' })
  expect(await running.titles(1)).toEqual([])
})

test('a context sees what a mutation did when it is committed, and not before', async () => {
  await using running = await startApp()
  const [written, seen] = [signal(), signal()]
  const changed = running.change(async (db) => {
    await add(db, 'a')
    written.raise()
    await seen.raised
  })
  await written.raised
  expect(await running.titles(1)).toEqual([])
  seen.raise()
  await changed
  expect(await running.titles(1)).toEqual(['a'])
})

test('a commit that is lost on the way is told as such, and its changes count as made', async () => {
  await using running = await startApp()
  // Runs while the connection commits.
  await sql`create or replace function end_connection() returns trigger language plpgsql as
    $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$`.execute(
    running.database,
  )
  await sql`create constraint trigger ending after insert on tasks deferrable initially deferred
    for each row when (new.title = 'a') execute function end_connection()`.execute(running.database)
  const error: unknown = await running
    .change((db) => add(db, 'a'))
    .catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(CommitOutcomeUnknownError)
  expect(running.committed).toContain('tasks')
  await running.change((db) => add(db, 'b'))
  expect(await running.titles(1)).toEqual(['b'])
})

test('a connection that is lost before COMMIT was sent leaves no doubt: nothing was changed', async () => {
  await using running = await startApp()
  const lost = running.change(async (db) => {
    await add(db, 'a')
    await endConnection(db)
  })
  await expect(lost).rejects.toBeInstanceOf(ConnectionError)
  expect(running.committed).toEqual([])
  expect(await running.titles(1)).toEqual([])
})

test('a transaction that failed in a statement whose error was caught is no success', async () => {
  await using running = await startApp()
  await expect(
    running.change(async (db) => {
      await add(db, 'a')
      await add(db, 'a').catch((error: unknown) =>
        expect(error).toBeInstanceOf(UniqueViolationError),
      )
    }),
  ).rejects.toMatchObject({ code: 'transaction_aborted' })
  expect(await running.titles(1)).toEqual([])
  expect(running.committed).toEqual([])
})

test('a mutation that cannot get a connection says so in time, and leaves nothing waiting', async () => {
  await using running = await startApp(1, 500)
  const [held, free] = [signal(), signal()]
  const first = running.change(async (db) => {
    await add(db, 'a')
    held.raise()
    await free.raised
  })
  await held.raised
  await expect(running.change((db) => add(db, 'b'))).rejects.toBeInstanceOf(NoFreeConnectionError)
  // A read has the connection that reads share.
  expect(await running.titles(1)).toEqual([])
  free.raise()
  await first
  expect(await running.titles(1)).toEqual(['a'])
})

test('what a mutation did not wait for is refused and gives its connection back', async () => {
  await using running = await startApp(1)
  const over = signal()
  let late: Promise<unknown> | undefined
  await running.change(async (db) => {
    await add(db, 'a')
    late = over.raised.then(() => db.transaction((tx) => add(tx, 'late')))
    late.catch(() => undefined)
  })
  over.raise()
  await expect(late).rejects.toBeInstanceOf(TransactionEndedError)
  for (const title of ['b', 'c']) await running.change((db) => add(db, title))
  expect(await running.titles(1)).toEqual(['a', 'b', 'c'])
})

test('connections that the server ended are replaced', async () => {
  await using running = await startApp(1)
  await running.change((db) => add(db, 'a'))
  await expect(
    running.change(async (db) => {
      await endConnection(db)
      await add(db, 'lost')
    }),
  ).rejects.toBeInstanceOf(ConnectionError)
  await running.change((db) => add(db, 'b'))
  expect(await running.titles(1)).toEqual(['a', 'b'])
})

test('a read whose caller has left begins no further statement; a change goes on', async () => {
  const controller = new AbortController()
  const dialect = postgres({ url: resource.url })
  await using db = createDbClient({
    schema,
    dialect,
    scope: () => ({
      principal: () => undefined,
      transaction: undefined,
      signal: controller.signal,
      observe: () => undefined,
    }),
  })
  await sql`select 1`.execute(db)
  controller.abort()
  await expect(sql`select 1`.execute(db)).rejects.toMatchObject({
    code: 'CALLER_LEFT',
    status: 499,
  })
})
