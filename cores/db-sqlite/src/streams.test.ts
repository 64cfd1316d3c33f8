import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDbClient, integer, table } from '@mizan/db'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { testStreams } from '../../db/src/streams.conformance.ts'
import { sqlite } from './index.ts'

async function open() {
  const folder = await mkdtemp(join(tmpdir(), 'mizan-streams-'))
  return {
    dialect: sqlite({ url: join(folder, 'data.sqlite') }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

testStreams('sqlite', open, { interleaves: true })
const numbers = table('numbers', { n: integer().primaryKey() })

test('a stream of a file is a connection of its own: others write meanwhile, and it does not see that', async () => {
  await using database = await open()
  await using db = createDbClient({ schema: { numbers }, dialect: database.dialect })
  await sql`create table numbers (n integer primary key)`.execute(db)
  await db
    .insert(numbers)
    .values(Array.from({ length: 10 }, (_, at) => ({ n: at + 1 })))
    .execute()
  const seen: number[] = []
  for await (const { n } of db.select().from(numbers).orderBy(numbers.n).stream(1)) {
    seen.push(n)
    await db.transaction((tx) =>
      tx
        .insert(numbers)
        .values({ n: n + 100 })
        .execute(),
    )
  }
  expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  expect(await db.select().from(numbers).execute()).toHaveLength(20)
})

test('a stream of a database in memory is read whole, so that statements of its loop have the one connection', async () => {
  await using db = createDbClient({ schema: { numbers }, dialect: sqlite({ url: ':memory:' }) })
  await sql`create table numbers (n integer primary key)`.execute(db)
  await db
    .insert(numbers)
    .values([{ n: 1 }, { n: 2 }])
    .execute()
  for await (const { n } of db.select().from(numbers).stream(1))
    await db
      .insert(numbers)
      .values({ n: n + 100 })
      .execute()
  expect(await db.select().from(numbers).execute()).toHaveLength(4)
})
