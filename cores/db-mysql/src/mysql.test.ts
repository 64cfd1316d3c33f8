import { mariadb, type MariadbResource } from '@mizan/testing/resources'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CommitOutcomeUnknownError,
  createDbClient,
  eq,
  integer,
  MigrationInterruptedError,
  serial,
  SerializationError,
  table,
  TransactionAbortedError,
  ValueError,
} from '@mizan/db'
import {
  generateMigration,
  migrateLatest,
  migrationStatus,
  onConnection,
  resolveStep,
} from '@mizan/db/migrate'
import { sql } from 'kysely'
import { createConnection } from 'mysql2/promise'
import { afterAll, expect, test } from 'vitest'
import { signal, testDialect } from '../../db/src/dialect.conformance.ts'
import { testMigrations } from '../../db/src/migrate.conformance.ts'
import { testObservation } from '../../db/src/observation.conformance.ts'
import { testRelations } from '../../db/src/relational.conformance.ts'
import { mysql } from './index.ts'

let shared: Promise<MariadbResource> | undefined
let databases = 0

afterAll(async () => {
  await (await shared)?.[Symbol.asyncDispose]()
})

/** A database of its own on one server. */
async function open() {
  shared ??= mariadb()
  const { url } = await shared
  const run = async (sql: string): Promise<void> => {
    const connection = await createConnection(url)
    await connection.query(sql).finally(() => connection.end())
  }
  const name = `conformance_${process.pid}_${++databases}`
  await run(`create database ${name}`)
  const own = new URL(url)
  own.pathname = `/${name}`
  return {
    dialect: mysql({ url: own.href }),
    narrow: mysql({ url: own.href, maximumConnections: 1 }),
    [Symbol.asyncDispose]: () => run(`drop database ${name}`),
  }
}

await testDialect('mariadb', open)
testMigrations('mariadb', open)
testRelations('mariadb', open)
testObservation('mariadb', open, process.env['MIZAN_NIGHTLY'] === '1' ? 1000 : 20)

test('a step without a proof that was interrupted stops the next runner until somebody says what became of it', async () => {
  await using database = await open()
  const { dialect } = database
  const migrations = await mkdtemp(join(tmpdir(), 'mizan-interrupted-'))
  const schema = {
    a: table('a', { id: serial().primaryKey() }),
    b: table('b', { id: serial().primaryKey() }),
  }
  try {
    const made = await generateMigration({ migrations, name: 'tables', schema, dialect })
    const id = made?.id ?? ''
    await migrateLatest({ migrations, dialect, requireProof: false })
    {
      // As a runner leaves it that was killed while the second statement was on its way.
      await using db = createDbClient({ schema: {}, dialect })
      await sql`update mizan_migrations set state = 'started' where step = 2`.execute(db)
      await sql`drop table b`.execute(db)
    }
    const error: unknown = await migrateLatest({ migrations, dialect, requireProof: false }).catch(
      (caught: unknown) => caught,
    )
    expect(error).toBeInstanceOf(MigrationInterruptedError)
    expect(error).toMatchObject({ migration: id, step: 2 })
    await resolveStep({ dialect, id, step: 2, as: 'undone' })
    expect((await migrationStatus({ migrations, dialect })).partial).toEqual({
      id,
      done: 1,
      steps: 2,
    })
    expect((await migrateLatest({ migrations, dialect, requireProof: false })).applied).toEqual([
      id,
    ])
  } finally {
    await rm(migrations, { recursive: true })
  }
})

test('of databases only those with our marker are dropped', async () => {
  await using database = await open()
  const { dropScratch, createScratch } = database.dialect.migrations
  const name = `unmarked_${process.pid}_${databases}`
  await onConnection(database.dialect, async ({ run }) => {
    const isThere = async (): Promise<boolean> =>
      (await run('select 1 from information_schema.schemata where schema_name = ?', [name]))
        .length > 0
    await run(`create database ${name}`)
    await dropScratch?.(run, name)
    expect(await isThere()).toBe(true)
    await run(`drop database ${name}`)
    await createScratch?.(run, name)
    await dropScratch?.(run, name)
    expect(await isThere()).toBe(false)
  })
})

test('an object is never written into a statement', async () => {
  await using database = await open()
  await using db = createDbClient({ schema: {}, dialect: database.dialect })
  const run = async () => sql`select 1 where 1 = ${{ toString: 1 }}`.execute(db)
  await expect(run()).rejects.toBeInstanceOf(ValueError)
})

test('a connection that is lost during COMMIT leaves the outcome unknown, and the client works on', async () => {
  await using database = await open()
  await using db = createDbClient({ schema: {}, dialect: database.dialect })
  const error: unknown = await db
    .transaction(async (tx) => {
      const { rows } = await sql<{ id: bigint }>`select connection_id() as id`.execute(tx)
      await sql.raw(`kill ${rows[0]?.id}`).execute(db)
    })
    .catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(CommitOutcomeUnknownError)
  expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }])
})

test('after a deadlock a transaction does nothing more, although MySQL would go on outside of it', async () => {
  await using database = await open()
  const rows = table('rows_of_two', { id: integer().primaryKey(), value: integer().notNull() })
  await using db = createDbClient({ schema: { rows }, dialect: database.dialect })
  await sql`create table rows_of_two (id int primary key, value int not null)`.execute(db)
  await db
    .insert(rows)
    .values([
      { id: 1, value: 0 },
      { id: 2, value: 0 },
    ])
    .execute()
  const met = [signal(), signal()]
  const run = (own: number, other: number, index: 0 | 1) =>
    db.transaction(async (tx) => {
      const add = (id: number) =>
        tx
          .update(rows)
          .set({ value: sql`value + 1` })
          .where(eq(rows.id, id))
          .execute()
      await add(own)
      met[index]?.raise()
      await Promise.all(met.map((one) => one.raised))
      await add(other).catch(() => undefined)
      await add(own)
    })
  const results = await Promise.allSettled([run(1, 2, 0), run(2, 1, 1)])
  const failed = results.filter((result) => result.status === 'rejected')
  expect(failed).toHaveLength(1)
  expect(failed[0]?.reason).toBeInstanceOf(TransactionAbortedError)
  expect(failed[0]?.reason.cause).toBeInstanceOf(SerializationError)
  const values = await db.select().from(rows).orderBy(rows.id).execute()
  expect(values.map((row) => row.value).toSorted()).toEqual([1, 2])
})
