import { mariadb, type MariadbResource } from '@mizan/testing/resources'
import {
  bigint,
  bytea,
  createDbClient,
  createStatements,
  date,
  doublePrecision,
  eq,
  gt,
  integer,
  json,
  numeric,
  StatementCancelledError,
  table,
  text,
  time,
  timestamp,
  toSnapshot,
  varchar,
} from '@mizan/db'
import { CompiledQuery, sql } from 'kysely'
import { createPool, type PoolConnection } from 'mysql2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signal } from '../../db/src/dialect.conformance.ts'
import { MysqlConnection } from './driver/mysql-connection.ts'
import { mysql } from './index.ts'

const things = table('things', { id: integer().primaryKey(), name: varchar(200).notNull() })
const values = table('all_values', {
  id: integer().primaryKey(),
  big: bigint(),
  exact: numeric({ precision: 12, scale: 3 }),
  double: doublePrecision(),
  moment: timestamp(),
  fine: timestamp({ precision: 6 }),
  day: date(),
  clock: time(),
  body: text(),
  data: json<unknown>(),
  bytes: bytea(),
})
const schema = { things, values }
let resource: MariadbResource

beforeAll(async () => {
  resource = await mariadb()
  await using db = open()
  for (const statement of createStatements(toSnapshot(schema), db.dialect.ddl))
    await sql.raw(statement).execute(db)
  await sql`insert into things select seq, concat('thing ', seq, repeat('x', 150)) from seq_1_to_50000`.execute(
    db,
  )
})

afterAll(() => resource[Symbol.asyncDispose]())

function open(maximumConnections = 4) {
  return createDbClient({ schema, dialect: mysql({ url: resource.url, maximumConnections }) })
}

type Client = ReturnType<typeof open>

async function status(db: Client, name: string): Promise<number> {
  const { rows } = await sql<{
    Value: string
  }>`show session status where variable_name = ${sql.lit(name)}`.execute(db)
  return Number(rows[0]?.Value)
}

/** Resolves when the server works on a statement with that text, or after so many looks. */
async function running(needle: string, looks = Infinity): Promise<void> {
  await using other = open(1)
  for (let look = 0; look < looks; look += 1) {
    const { rows } = await sql`select 1 from information_schema.processlist
      where info like ${`%${needle}%`} and id <> connection_id()`.execute(other)
    if (rows.length > 0) return
  }
}

test('a statement that comes back is prepared, and gives what it gave as text', async () => {
  await using db = open(1)
  const page = (limit: number) =>
    db.select().from(things).where(gt(things.id, 10)).orderBy(things.id).limit(limit).execute()
  const first = await page(2)
  const before = await status(db, 'Com_stmt_execute')
  expect(await page(2)).toEqual(first)
  expect((await page(3)).map((row) => row.id)).toEqual([11, 12, 13])
  expect((await status(db, 'Com_stmt_execute')) - before).toBe(2)
  expect(await status(db, 'Com_stmt_prepare')).toBe(1)
})

test('a value of every type is the same from a text and from a prepared statement', async () => {
  await using db = open(1)
  const row = {
    big: 9_223_372_036_854_775_807n,
    exact: '-123456789.120',
    double: 0.1 + 0.2,
    moment: new Date('2026-11-20T13:37:00.120Z'),
    fine: '2026-11-20T13:37:00.000120Z',
    day: '2024-02-29',
    clock: '23:59:58.120',
    body: 'Ünïcode 👍',
    data: { deep: [1.5, null] },
    bytes: Uint8Array.of(0, 255, 39),
  }
  const plain = { ...row, clock: '12:00:00.000', moment: new Date('2026-11-20T00:00:00.000Z') }
  // The second and third insert are prepared.
  for (const [id, one] of [row, plain, row].entries())
    await db
      .insert(values)
      .values({ id, ...one })
      .execute()
  const read = () => db.select().from(values).orderBy(values.id).execute()
  const asText = await read()
  expect(asText[0]).toEqual({ id: 0, ...row })
  expect(asText[1]).toEqual({ id: 1, ...plain })
  expect(asText[2]).toEqual({ id: 2, ...row })
  expect(await read()).toEqual(asText)
  expect(await status(db, 'Com_stmt_execute')).toBe(3)
  const odd = () =>
    sql`select cast(1.1 as float) as f, cast('-101:02:03.5' as time(1)) as t, year('2026-01-01') as y, b'101' as bits, 5 > 3 as yes`
  expect((await odd().execute(db)).rows).toEqual((await odd().execute(db)).rows)
})

test('a connection keeps no more prepared statements than it may', async () => {
  await using db = open(1)
  for (let at = 0; at < 260; at += 1) {
    const query = () =>
      db
        .select({ [`c${at}`]: things.name })
        .from(things)
        .where(eq(things.id, 1))
        .execute()
    await query()
    await query()
  }
  expect(await status(db, 'Com_stmt_prepare')).toBe(260)
  expect(await status(db, 'Com_stmt_close')).toBeGreaterThanOrEqual(4)
})

test('without room for prepared statements they are sent as text', async () => {
  await using admin = open(1)
  await sql`set global max_prepared_stmt_count = 0`.execute(admin)
  try {
    await using db = open(1)
    const read = () => db.select().from(things).where(eq(things.id, 5)).execute()
    await read()
    expect((await read()).map((row) => row.id)).toEqual([5])
  } finally {
    await sql`set global max_prepared_stmt_count = 16382`.execute(admin)
  }
})

test('a statement whose caller leaves is ended, and its neighbour is not', async () => {
  await using db = open(2)
  await using holder = open(1)
  await sql`select get_lock('neighbour', 0)`.execute(holder)
  const control = new AbortController()
  const slow = db
    .selectFrom('things')
    .select(sql`sleep(60), 'the slow one'`.as('x'))
    .where('id', '=', 1)
    .execute({ signal: control.signal })
  const neighbour = sql`select get_lock('neighbour', 60) as locked, 'the neighbour'`.execute(db)
  await Promise.all([running('the slow one'), running('the neighbour')])
  control.abort()
  await expect(slow).rejects.toBeInstanceOf(StatementCancelledError)
  await sql`select release_lock('neighbour')`.execute(holder)
  expect((await neighbour).rows).toMatchObject([{ locked: 1 }])
  // The connection goes on, also where the KILL came too late for its statement.
  const ids = await Promise.all(
    [1, 2, 3, 4].map((id) => db.select().from(things).where(eq(things.id, id)).execute()),
  )
  expect(ids.flat().map((row) => row.id)).toEqual([1, 2, 3, 4])
})

test('a cancelled statement inside a transaction leaves what came before it', async () => {
  await using db = open(1)
  const found = await db.transaction(async (tx) => {
    await tx.insert(things).values({ id: 900_001, name: 'kept' }).execute()
    const control = new AbortController()
    const slow = tx
      .selectFrom('things')
      .select(sql`sleep(60), 'inside'`.as('x'))
      .where('id', '=', 1)
      .execute({ signal: control.signal })
    await running("'inside'")
    control.abort()
    await expect(slow).rejects.toBeInstanceOf(StatementCancelledError)
    return tx.select().from(things).where(eq(things.id, 900_001)).execute()
  })
  expect(found).toEqual([{ id: 900_001, name: 'kept' }])
  await db.delete(things).where(eq(things.id, 900_001)).execute()
})

test('a KILL that comes when its statement is over hits nobody: the next one waits for it', async () => {
  const pool = createPool({ uri: resource.url, connectionLimit: 2 })
  const raw = await new Promise<PoolConnection>((resolve, reject) => {
    pool.getConnection((error, one) => (error === null ? resolve(one) : reject(error)))
  })
  const gate = signal()
  const connection = new MysqlConnection(raw, {
    prepared: undefined,
    async control(kill) {
      await gate.raised
      await pool.promise().query(kill)
    },
  })
  const first = CompiledQuery.raw('select 1 as one')
  const reading = connection.executeQuery(first)
  const killing = connection.cancel(first.queryId)
  expect((await reading).rows).toEqual([{ one: 1 }])
  const next = connection.executeQuery(CompiledQuery.raw("select sleep(0.2) as slept, 'next' as x"))
  // Were it sent, it would be seen, and killed.
  await Promise.race([running("'next' as x"), running('nobody', 40)])
  gate.raise()
  await killing
  expect((await next).rows).toEqual([{ slept: 0, x: 'next' }])
  await pool.promise().end()
})

test('rows are streamed as they are asked for, and who stops early frees the connection at once', async () => {
  await using db = open(1)
  let seen = 0
  for await (const row of db.select().from(things).orderBy(things.id).stream(100)) {
    seen += 1
    expect(row.id).toBe(seen)
    if (seen === 250) break
  }
  expect(await db.select().from(things).where(eq(things.id, 1)).execute()).toHaveLength(1)
  let all = 0
  for await (const row of db.select().from(things).stream(1000)) all += row.id > 0 ? 1 : 0
  expect(all).toBe(50_000)
})

test('a slow reader holds the server back, not the rows', async () => {
  await using db = open(2)
  const memory = (): number => {
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
  const before = memory()
  let seen = 0
  // 150 million characters.
  const rows = db
    .selectFrom('things')
    .select(sql<string>`repeat(name, 20)`.as('long'))
    .stream(10)
  for await (const { long } of rows) {
    seen += long.length > 0 ? 1 : 0
    if (seen < 10) continue
    for (let looks = 0; looks < 30; looks += 1) await running('repeat(name, 20)')
    expect(memory() - before).toBeLessThan(100_000_000)
    break
  }
  expect(seen).toBe(10)
  // It was ended with its reader.
  const left = sql`select 1 from information_schema.processlist
    where info like '%repeat(name, 20)%' and id <> connection_id() and command <> 'Sleep'`
  await expect.poll(async () => (await left.execute(db)).rows).toEqual([])
})
