import { createDbClient, DbError, eq, interval, serial, table, text, timestamptz } from '@mizan/db'
import {
  MissingToolError,
  pgbouncer,
  type PgbouncerResource,
  postgres as server,
  type PostgresResource,
} from '@mizan/testing/resources'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDialect } from '../../db/src/dialect.conformance.ts'
import { postgres } from './index.ts'

const resource: PostgresResource = await server()
const pooler: PgbouncerResource | undefined = await pgbouncer(resource.url).catch(
  (error: unknown) => {
    if (error instanceof MissingToolError) return undefined
    throw error
  },
)
afterAll(async () => {
  await pooler?.[Symbol.asyncDispose]()
  await resource[Symbol.asyncDispose]()
})

test('PgBouncer refuses what a session is told as it begins, unless the dialect says it otherwise', async ({
  skip,
}) => {
  if (pooler === undefined) skip('pgbouncer is not installed: `apt-get install pgbouncer`')
  const url = pooler?.through(resource.url) ?? ''
  await using plain = createDbClient({ schema: {}, dialect: postgres({ url }) })
  await expect(plain.connect()).rejects.toBeInstanceOf(DbError)
  await using pooled = createDbClient({
    schema: {},
    dialect: postgres({ url, pooler: 'transaction' }),
  })
  await expect(pooled.connect()).resolves.toBeUndefined()
})

await (pooler && testSuiteBehind(pooler))

function testSuiteBehind({ through }: PgbouncerResource): Promise<void> {
  const options = { url: through(resource.url), pooler: 'transaction' } as const
  return testDialect('postgres behind PgBouncer', async () => ({
    dialect: postgres(options),
    narrow: postgres({ ...options, maximumConnections: 1 }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }))
}

const notes = table('pooled_notes', {
  id: serial().primaryKey(),
  title: text().notNull(),
  writtenAt: timestamptz(),
  takes: interval(),
})

// What the option does holds without a pooler as well.
const ways = [
  ['the server itself', (url: string) => url],
  ...(pooler === undefined ? [] : [['PgBouncer', pooler.through] as const]),
] as const

describe.each(ways)('through %s', (way, through) => {
  const url = through(resource.url)
  const open = () =>
    createDbClient({ schema: { notes }, dialect: postgres({ url, pooler: 'transaction' }) })

  beforeAll(async () => {
    await using db = open()
    await sql`create table if not exists pooled_notes (id serial primary key, title text not null, written_at timestamptz, takes interval)`.execute(
      db,
    )
    const more = Array.from({ length: 41 }, (_, at) => ({ title: `more ${at}` }))
    await db.insert(notes).values(more).execute()
  })

  test('statements that repeat are not prepared, and many at once get their own answers', async () => {
    await using db = open()
    const titles = Array.from({ length: 40 }, (_, at) => `note ${at}`)
    const rows = await Promise.all(
      titles.map((title) =>
        db.insert(notes).values({ title }).returningAll().executeTakeFirstOrThrow(),
      ),
    )
    expect(rows.map(({ title }) => title)).toEqual(titles)
    const found = await Promise.all(
      rows.map(({ id }) => db.query.notes.findUnique({ where: (n) => eq(n.id, id) })),
    )
    expect(found.map((row) => row?.title)).toEqual(titles)
    const { rows: prepared } = await sql`select name from pg_prepared_statements`.execute(db)
    expect(prepared).toEqual([])
  })

  test('values are read in one form, whatever sessions others have left', async () => {
    await using db = open()
    const at = new Date('2026-03-01T12:00:00.000Z')
    await db.insert(notes).values({ title: 'time', writtenAt: at, takes: '1 day' }).execute()
    const row = await db
      .select()
      .from(notes)
      .where(eq(notes.title, 'time'))
      .executeTakeFirstOrThrow()
    expect(row).toMatchObject({ writtenAt: at, takes: '1 day' })
  })

  test('a transaction has one server connection, and a stream reads from it', async () => {
    await using db = open()
    await db.transaction(async (tx) => {
      const pid = () => sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
      const first = await pid()
      const streamed: string[] = []
      for await (const { title } of tx.selectFrom('notes').select('title').stream(5))
        streamed.push(title)
      expect(streamed.length).toBeGreaterThan(40)
      expect((await pid()).rows).toEqual(first.rows)
    })
    const outside: string[] = []
    for await (const { title } of db.selectFrom('notes').select('title').stream(5))
      outside.push(title)
    expect(outside.length).toBeGreaterThan(40)
  })

  test('a setting that the pooler cannot carry and that is another one is told with the way out', async () => {
    const name = `other_settings_${process.pid}_${way.length}`
    await using direct = createDbClient({ schema: {}, dialect: postgres({ url: resource.url }) })
    await sql.raw(`create database ${name}`).execute(direct)
    await sql.raw(`alter database ${name} set bytea_output = 'escape'`).execute(direct)
    const other = new URL(resource.url)
    other.pathname = `/${name}`
    try {
      await using db = createDbClient({
        schema: {},
        dialect: postgres({ url: through(other.href), pooler: 'transaction' }),
      })
      await expect(db.connect()).rejects.toMatchObject({
        code: 'session_settings',
        message: expect.stringContaining(`alter role … set bytea_output = 'hex'`),
      })
    } finally {
      await sql.raw(`drop database ${name} with (force)`).execute(direct)
    }
  })

  test('migrations are refused with the way that works', async () => {
    const { migrations } = postgres({ url, pooler: 'transaction' })
    await expect(migrations.engine(async () => [])).rejects.toMatchObject({
      code: 'migrations_not_supported',
    })
  })
})
