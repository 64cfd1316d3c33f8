import { postgres as server, type PostgresResource } from '@mizan/testing/resources'
import {
  AuthenticationError,
  createDbClient,
  eq,
  inArray,
  integer,
  SerializationError,
  StatementCancelledError,
  table,
  text,
  UnknownNameError,
} from '@mizan/db'
import { type RootOperationNode, SelectQueryNode, sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signal } from '../../db/src/dialect.conformance.ts'
import { postgres } from './index.ts'

const things = table('things', { id: integer().primaryKey(), name: text().notNull() })
let resource: PostgresResource

beforeAll(async () => {
  resource = await server()
  await using db = open()
  await sql`create table things (id int primary key, name text not null)`.execute(db)
  await sql`insert into things select n, 'thing ' || n from generate_series(1, 5000) n`.execute(db)
})

afterAll(() => resource[Symbol.asyncDispose]())

function open(maximumConnections = 4) {
  return createDbClient({
    schema: { things },
    dialect: postgres({ url: resource.url, maximumConnections }),
  })
}

const find = (db: ReturnType<typeof open>, id: number) =>
  db.select().from(things).where(eq(things.id, id)).executeTakeFirst()

test('a statement that is repeated is prepared, under a name that its text gives', async () => {
  await using db = open(1)
  const page = () => db.select().from(things).orderBy(things.id).limit(2).execute()
  for (let at = 0; at < 3; at += 1) expect(await page()).toHaveLength(2)
  const { rows } = await sql<{ name: string; statement: string }>`
    select name, statement from pg_prepared_statements where statement like ${'%order by%things%'}
      or statement like ${'%things%order by%'}`.execute(db)
  expect(rows.map((row) => row.name)).toEqual([expect.stringMatching(/^m[\w-]{20}$/)])
})

test('a connection keeps no more prepared statements than it may', async () => {
  await using db = open(1)
  for (let at = 0; at < 270; at += 1) {
    const query = () =>
      db
        .select({ [`c${at}`]: things.name })
        .from(things)
        .orderBy(things.id)
        .limit(1)
        .execute()
    await query()
    await query()
  }
  const { rows } = await sql<{
    n: bigint
  }>`select count(*) as n from pg_prepared_statements`.execute(db)
  expect(Number(rows[0]?.n)).toBeLessThanOrEqual(256)
  expect(Number(rows[0]?.n)).toBeGreaterThan(200)
})

test('a prepared statement whose table has changed is prepared again', async () => {
  await using db = open(1)
  await sql`create table changing (id int primary key, a int)`.execute(db)
  const changing = table('changing', { id: integer().primaryKey() })
  await using own = createDbClient({
    schema: { changing },
    dialect: postgres({ url: resource.url, maximumConnections: 1 }),
  })
  const all = () => own.selectFrom('changing').selectAll().orderBy('id').execute()
  for (let at = 0; at < 3; at += 1) await all()
  await sql`alter table changing alter column id type bigint`.execute(db)
  expect(await all()).toEqual([])
  await sql`drop table changing`.execute(db)
})

test('inside a transaction the whole is run again, once', async () => {
  await using admin = open(1)
  await sql`create table moving (id int primary key)`.execute(admin)
  await sql`insert into moving values (1)`.execute(admin)
  const moving = table('moving', { id: integer().primaryKey() })
  await using own = createDbClient({
    schema: { moving },
    dialect: postgres({ url: resource.url, maximumConnections: 1 }),
  })
  const all = (db: typeof own) => db.selectFrom('moving').selectAll().orderBy('id').execute()
  for (let at = 0; at < 3; at += 1) await all(own)
  await sql`alter table moving alter column id type bigint`.execute(admin)
  let runs = 0
  const rows = await own.transaction(async (tx) => {
    runs += 1
    return all(tx)
  })
  expect([runs, rows.length]).toEqual([2, 1])
  await sql`drop table moving`.execute(admin)
})

test('reads by key share a connection, and the error of one is its own', async () => {
  await using db = open(1)
  await find(db, 1)
  const all = await Promise.all(Array.from({ length: 64 }, (_, at) => find(db, at + 1)))
  expect(all.map((row) => row?.id)).toEqual(Array.from({ length: 64 }, (_, at) => at + 1))
  const results = await Promise.allSettled([
    find(db, 1),
    db
      .select()
      .from(things)
      .where(eq(things.id, 2 ** 40))
      .execute(),
    find(db, 3),
  ])
  expect(results.map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})

test('reads by key do not wait for a connection of the pool, and a transaction sees its own rows', async () => {
  await using db = open(1)
  await db.connect()
  await db
    .transaction(async (tx) => {
      await tx.update(things).set({ name: 'changed' }).where(eq(things.id, 7)).execute()
      expect((await find(db, 7))?.name).toBe('thing 7')
      expect((await find(tx as typeof db, 7))?.name).toBe('changed')
      throw new RangeError('undo')
    })
    .catch((error: unknown) => expect(error).toBeInstanceOf(RangeError))
})

test('a shared connection that was lost is replaced', async () => {
  await using db = open(2)
  await find(db, 1)
  await find(db, 1)
  await sql`select pg_terminate_backend(pid, 5000) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`.execute(db)
  const first = await find(db, 2).catch(() => undefined)
  expect([undefined, 2]).toContain(first?.id)
  expect((await find(db, 3))?.id).toBe(3)
})

test('a list is one parameter, whatever its length', async () => {
  await using db = open(1)
  const statements = new Set<string>()
  db.on('query', ({ sql: text }) => statements.add(text))
  for (const ids of [[1], [1, 2], Array.from({ length: 3000 }, (_, at) => at + 1)])
    expect(await db.select().from(things).where(inArray(things.id, ids)).execute()).toHaveLength(
      ids.length,
    )
  expect(statements.size).toBe(1)
  expect(
    await db
      .select()
      .from(things)
      .where(inArray(things.name, ["it's", 'thing 3', '{a,"b"}']))
      .execute(),
  ).toHaveLength(1)
  expect(await db.select().from(things).where(inArray(things.id, [])).execute()).toEqual([])
})

test('rows are streamed as they are asked for', async () => {
  await using db = open(1)
  let seen = 0
  for await (const row of db.select().from(things).orderBy(things.id).stream(100)) {
    seen += 1
    expect(row.id).toBe(seen)
    if (seen === 250) break
  }
  // The connection is free again, and clean.
  expect(await db.select().from(things).orderBy(things.id).limit(1).execute()).toHaveLength(1)
})

test('a statement whose caller leaves is ended, and its neighbour is not', async () => {
  await using db = open(2)
  await db.connect()
  const control = new AbortController()
  const slow = db
    .selectFrom('things')
    .select(sql`pg_sleep(20)`.as('x'))
    .limit(1)
    .execute({ signal: control.signal })
  const neighbour = sql`select pg_sleep(0.3), 1 as one`.execute(db)
  const running = async (): Promise<void> => {
    await using other = open(1)
    const { rows } =
      await sql`select 1 from pg_stat_activity where query like ${'%pg_sleep(20)%'} and query not like ${'%activity%'}`.execute(
        other,
      )
    if (rows.length === 0) await running()
  }
  await running()
  control.abort()
  await expect(slow).rejects.toBeInstanceOf(StatementCancelledError)
  expect((await neighbour).rows).toHaveLength(1)
  expect(await db.select().from(things).orderBy(things.id).limit(1).execute()).toHaveLength(1)
})

test('a transaction that met another is run again as often as it may', async () => {
  await using db = open(4)
  const met = [signal(), signal()]
  let runs = 0
  const work = (own: 0 | 1) =>
    db.transaction({ isolation: 'serializable', retries: 3 }, async (tx) => {
      runs += 1
      await tx
        .select()
        .from(things)
        .where(inArray(things.id, [1, 2]))
        .execute()
      met[own]?.raise()
      await Promise.all(met.map((one) => one.raised))
      await tx
        .update(things)
        .set({ name: `by ${own}` })
        .where(eq(things.id, own + 1))
        .execute()
    })
  await Promise.all([work(0), work(1)])
  expect(runs).toBeGreaterThan(2)
  const once = db.transaction({ isolation: 'serializable' }, async (tx) => {
    await tx
      .select()
      .from(things)
      .where(inArray(things.id, [1, 2]))
      .execute()
    await db.transaction({ isolation: 'serializable' }, async (other) => {
      await other
        .select()
        .from(things)
        .where(inArray(things.id, [1, 2]))
        .execute()
      await other.update(things).set({ name: 'other' }).where(eq(things.id, 1)).execute()
    })
    await tx.update(things).set({ name: 'own' }).where(eq(things.id, 2)).execute()
  })
  await expect(once).rejects.toBeInstanceOf(SerializationError)
})

test('a hook before statements sees the tree by the keys of the schema, and may change it', async () => {
  await using db = open(1)
  const stop = db.on('beforeQuery', ({ node }) => {
    if (!SelectQueryNode.is(node)) return undefined
    const limited = db.selectFrom('things').selectAll().limit(1).toOperationNode()
    return Object.freeze({ ...node, limit: limited.limit }) as RootOperationNode
  })
  expect(
    await db
      .select()
      .from(things)
      .where(inArray(things.id, [1, 2]))
      .execute(),
  ).toHaveLength(1)
  stop()
  expect(
    await db
      .select()
      .from(things)
      .where(inArray(things.id, [1, 2]))
      .execute(),
  ).toHaveLength(2)
  db.on('beforeQuery', () => {
    throw new RangeError('no')
  })
  await expect(find(db, 1)).rejects.toThrow(RangeError)
})

test('a wrong password and an unknown column say what to do', async () => {
  await using db = open(1)
  await sql`do $$ begin create role locked login password 'right'; exception when duplicate_object then null; end $$`.execute(
    db,
  )
  await expect(sql`select nothing from things`.execute(db)).rejects.toThrow(
    /Are all migrations applied/,
  )
  await expect(sql`select nothing from things`.execute(db)).rejects.toBeInstanceOf(UnknownNameError)
  const url = new URL(resource.url)
  url.username = 'nobody_at_all'
  await using other = createDbClient({ schema: {}, dialect: postgres({ url: url.href }) })
  await expect(other.connect()).rejects.toBeInstanceOf(AuthenticationError)
})
