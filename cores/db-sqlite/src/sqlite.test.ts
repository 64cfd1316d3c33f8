import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createDbClient,
  createStatements,
  eq,
  numeric,
  serial,
  table,
  text,
  timestamp,
  toSnapshot,
  ValueError,
  varchar,
} from '@mizan/db'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { testDialect } from '../../db/src/dialect.conformance.ts'
import { testMigrations } from '../../db/src/migrate.conformance.ts'
import { testRelations } from '../../db/src/relational.conformance.ts'
import { sqlite } from './index.ts'

const inFile = () => {
  const folder = mkdtempSync(join(tmpdir(), 'mizan-sqlite-'))
  return Promise.resolve({
    dialect: sqlite({ url: join(folder, 'data.sqlite') }),
    [Symbol.asyncDispose]: () => Promise.resolve(rmSync(folder, { recursive: true })),
  })
}

const inMemory = () =>
  Promise.resolve({
    dialect: sqlite({ url: ':memory:' }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  })

await testDialect('sqlite in a file', inFile)
await testDialect('sqlite in memory', inMemory)
testMigrations('sqlite', inFile)
testRelations('sqlite', inFile)

const values = table('stored_values', {
  id: serial().primaryKey(),
  exact: numeric(),
  at: timestamp(),
  label: varchar(10).default('none').notNull(),
  made: timestamp().defaultNow().notNull(),
})

async function openValues() {
  const db = createDbClient({ schema: { values }, dialect: sqlite({ url: ':memory:' }) })
  for (const statement of createStatements(toSnapshot({ values }), db.dialect.ddl))
    await sql.raw(statement).execute(db)
  return db
}

test('what SQLite would change without a word is refused, naming the column', async () => {
  await using db = await openValues()
  const refused = [
    [{ exact: '12345678901234567.5' }, /stored_values\.exact: .*15 digits/],
    [{ exact: 'NaN' }, /not a decimal/],
    [{ at: new Date('-000043-03-15') }, /stored_values\.at: .*years 0 to 9999/],
    [{ at: new Date(Number.NaN) }, /years 0 to 9999/],
  ] as const
  for (const [row, message] of refused) {
    const insert = async () => db.insert(values).values(row).execute()
    await expect(insert()).rejects.toBeInstanceOf(ValueError)
    await expect(insert()).rejects.toThrow(message)
  }
})

test('rows of one insert that leave out different columns get their defaults', async () => {
  await using db = await openValues()
  await db
    .insert(values)
    .values([{ label: 'a' }, { exact: '1.5' }])
    .execute()
  const rows = await db
    .select({ label: values.label, exact: values.exact })
    .from(values)
    .orderBy(values.id)
    .execute()
  expect(rows).toEqual([
    { label: 'a', exact: null },
    { label: 'none', exact: '1.5' },
  ])
})

test('a transaction makes other statements wait, and they are not part of it', async () => {
  await using db = await openValues()
  let inside: Promise<unknown> | undefined
  await db
    .transaction(async (tx) => {
      await tx.insert(values).values({ label: 'undone' }).execute()
      inside = db.insert(values).values({ label: 'other' }).execute()
      throw new RangeError('stop')
    })
    .catch(() => undefined)
  await inside
  expect(await db.select({ label: values.label }).from(values).execute()).toEqual([
    { label: 'other' },
  ])
  expect(await db.select().from(values).where(eq(values.label, 'undone')).execute()).toEqual([])
})

test('an import works without a database, and a folder that is missing is named', async () => {
  await using db = createDbClient({
    schema: { t: table('t', { a: text() }) },
    dialect: sqlite({ url: '/no/such/folder/data.sqlite' }),
  })
  await expect(db.connect()).rejects.toThrow(/SQLite cannot open \/no\/such\/folder/)
})
