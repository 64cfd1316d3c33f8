import { postgres as server, type PostgresResource } from '@mizan/testing/resources'
import {
  AuthenticationError,
  createDbClient,
  DbError,
  eq,
  inArray,
  integer,
  type KyselySchema,
  SerializationError,
  StatementCancelledError,
  table,
  text,
  timestamptz,
  UnknownNameError,
} from '@mizan/db'
import { type Kysely, type RootOperationNode, SelectQueryNode, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

interface Prepared {
  readonly name: string
  readonly statement: string
}

test('a statement that is repeated is prepared, under a name that its text gives', async () => {
  await using db = open(1)
  await db.connection().execute(async (one) => {
    const page = () => one.selectFrom('things').selectAll().orderBy('id').limit(2).execute()
    for (let at = 0; at < 3; at += 1) expect(await page()).toHaveLength(2)
    const { rows } =
      await sql<Prepared>`select name, statement from pg_prepared_statements`.execute(one)
    expect(rows).toEqual([
      { name: expect.stringMatching(/^m[\w-]{20}$/), statement: expect.stringMatching(/things/) },
    ])
  })
})

test('a connection keeps no more prepared statements than it may', async () => {
  await using db = open(1)
  await db.connection().execute(async (one) => {
    for (let at = 0; at < 270; at += 1) {
      const query = () =>
        one.selectFrom('things').select(`name as c${at}`).orderBy('id').limit(1).execute()
      await query()
      await query()
    }
    const { rows } = await sql<{
      n: bigint
    }>`select count(*) as n from pg_prepared_statements`.execute(one)
    expect(Number(rows[0]?.n)).toBeLessThanOrEqual(257)
    expect(Number(rows[0]?.n)).toBeGreaterThan(200)
  })
})

describe('a prepared statement whose table has changed', () => {
  const changing = table('changing', { id: integer().primaryKey() })
  const openChanging = () =>
    createDbClient({
      schema: { changing },
      dialect: postgres({ url: resource.url, maximumConnections: 1 }),
    })
  type Changing = Kysely<KyselySchema<{ changing: typeof changing }>>
  const all = (db: Changing) => db.selectFrom('changing').selectAll().orderBy('id').execute()
  const one = (db: Changing) =>
    db.selectFrom('changing').selectAll().where('id', '=', 1).executeTakeFirst()
  const types = ['bigint', 'int']
  let next = 0
  const change = (admin: ReturnType<typeof open>) =>
    sql`alter table changing alter column id type ${sql.raw(types[next++ % 2] ?? '')}`.execute(
      admin,
    )

  beforeAll(async () => {
    await using admin = open(1)
    await sql`create table changing (id int primary key)`.execute(admin)
    await sql`insert into changing values (1)`.execute(admin)
  })

  test('is prepared again, on the connection that reads share and on any other', async () => {
    await using admin = open(1)
    await using own = openChanging()
    for (const read of [all, one, (db: typeof own) => db.connection().execute(all)]) {
      for (let at = 0; at < 3; at += 1) await read(own)
      await change(admin)
      // Prepared anew, under the name that it had.
      for (let at = 0; at < 4; at += 1) expect(await read(own)).toBeTruthy()
    }
  })

  test('is prepared again for each of many reads that are under way', async () => {
    await using admin = open(1)
    await using own = openChanging()
    for (let round = 0; round < 3; round += 1) {
      const reads = await Promise.all(Array.from({ length: 40 }, () => one(own)))
      expect(reads.every((row) => Number(row?.id) === 1)).toBe(true)
      await change(admin)
    }
  })

  test('begins its transaction again, once', async () => {
    await using admin = open(1)
    await using own = openChanging()
    for (let at = 0; at < 3; at += 1) await own.transaction((tx) => all(tx))
    await change(admin)
    let runs = 0
    const rows = await own.transaction(async (tx) => {
      runs += 1
      return all(tx)
    })
    expect([runs, rows.length]).toEqual([2, 1])
  })
})

test('a prepared statement that the session has dropped is prepared again', async () => {
  await using db = open(1)
  await db.connection().execute(async (one) => {
    const page = () => one.selectFrom('things').selectAll().orderBy('id').limit(2).execute()
    for (let at = 0; at < 3; at += 1) await page()
    await sql`deallocate all`.execute(one)
    for (let at = 0; at < 4; at += 1) expect(await page()).toHaveLength(2)
  })
})

test('columns that stay text stay text when nobody asks again what they are', async () => {
  const fine = table('fine', {
    id: integer().primaryKey(),
    at: timestamptz({ precision: 6 }).notNull(),
  })
  await using db = createDbClient({ schema: { fine }, dialect: postgres({ url: resource.url }) })
  await sql`create table fine (id int primary key, at timestamptz(6) not null)`.execute(db)
  await sql`insert into fine values (1, '2026-11-20 13:37:00.123456Z')`.execute(db)
  const read = () => db.select().from(fine).where(eq(fine.id, 1)).executeTakeFirst()
  for (let at = 0; at < 4; at += 1)
    expect(await read()).toEqual({ id: 1, at: '2026-11-20T13:37:00.123456Z' })
})

test('without prepared statements nothing is left on the server, and no connection is shared', async () => {
  await using db = createDbClient({
    schema: { things },
    dialect: postgres({ url: resource.url, prepare: false, applicationName: 'behind a pooler' }),
  })
  for (let at = 1; at <= 4; at += 1) {
    expect((await find(db, at))?.id).toBe(at)
    await db.select().from(things).orderBy(things.id).limit(2).execute()
    const { rows } = await sql`select name from pg_prepared_statements`.execute(db)
    expect(rows).toEqual([])
  }
  const { rows } =
    await sql`select pid from pg_stat_activity where application_name = 'behind a pooler'`.execute(
      db,
    )
  expect(rows).toHaveLength(1)
})

test('a prepared statement whose caller leaves is ended, and is there for the next', async () => {
  await using db = open(1)
  const sleep = (seconds: number, signal?: AbortSignal) =>
    db
      .selectFrom('things')
      .select(['id', sql`pg_sleep(${seconds})`.as('x')])
      .limit(1)
      .execute(signal === undefined ? {} : { signal })
  for (let at = 0; at < 3; at += 1) await sleep(0)
  const control = new AbortController()
  const slow = sleep(60, control.signal)
  await using other = open(1)
  const isRunning = async (): Promise<boolean> =>
    (
      await sql`select 1 from pg_stat_activity where state = 'active' and query like ${'%pg_sleep($%'}
        and pid <> pg_backend_pid()`.execute(other)
    ).rows.length > 0
  while (!(await isRunning()));
  control.abort()
  await expect(slow).rejects.toBeInstanceOf(StatementCancelledError)
  for (let at = 0; at < 3; at += 1) expect(await sleep(0)).toHaveLength(1)
})

test('a read that may take long has the shared connection to itself, and short ones go elsewhere meanwhile', async () => {
  await using db = open(1)
  await find(db, 1)
  const rows = await Promise.all([
    db.select().from(things).orderBy(things.id).execute(),
    find(db, 2),
    find(db, 3),
    db.select().from(things).orderBy(things.id).limit(3).execute(),
  ])
  expect(rows.map((one) => (Array.isArray(one) ? one.length : one?.id))).toEqual([5000, 2, 3, 3])
})

test('more parameters than a statement has room for are refused before they are sent', async () => {
  await using db = open(1)
  const rows = Array.from({ length: 33_000 }, (_, at) => ({ id: 10_000 + at, name: 'x' }))
  await expect(db.insert(things).values(rows).execute()).rejects.toThrow(/66000 parameters/)
  await expect(
    db.insert(things).values({ id: 9_999, name: 'a\0b' }).execute(),
  ).rejects.toBeInstanceOf(DbError)
  expect(await find(db, 1)).toBeDefined()
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
    .select(sql`pg_sleep(60)`.as('x'))
    .limit(1)
    .execute({ signal: control.signal })
  const neighbour = sql`select pg_sleep(0.3), 1 as one`.execute(db)
  const running = async (): Promise<void> => {
    await using other = open(1)
    const { rows } =
      await sql`select 1 from pg_stat_activity where query like ${'%pg_sleep(60)%'} and query not like ${'%activity%'}`.execute(
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
