import { postgres } from '@mizan/db-postgres'
import { postgres as postgresServer } from '@mizan/testing/resources'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { createDbClient, enumType, integer, serial, table, type AnyColumn } from '../src/index.ts'
import { createTestDb } from '../src/testing.ts'
import { dialects } from './dialects.ts'
import { createNotes, lists, notes, schema } from './notes-app.ts'

const mood = enumType('mood', ['calm', 'loud'])
const first = table('first', {
  id: serial().primaryKey(),
  mood: mood(),
  parentId: integer().references((): AnyColumn => first.id),
})
const second = table('second', {
  id: serial().primaryKey(),
  firstId: integer().references(() => first.id),
})

describe.each(dialects)('%s:', (name, open) => {
  test('each test begins with empty tables', async () => {
    await using opened = await open()
    for (const migrate of ['fresh', 'fresh', 'transactional', 'transactional'] as const) {
      await using db = await createTestDb({
        schema: { mood, first, second },
        dialect: opened.dialect,
        migrate,
      })
      expect(await db.selectFrom('second').selectAll().execute()).toEqual([])
      await db.insert(first).values({ id: 1, mood: 'calm' }).execute()
      await db.transaction((tx) => tx.insert(second).values({ firstId: 1 }).execute())
      expect(await db.selectFrom('second').selectAll().execute()).toHaveLength(1)
    }
  })

  test('tests of both kinds run at the same time, and none sees another', async () => {
    await using opened = await open()
    const kinds = ['fresh', 'transactional', 'transactional', 'fresh', 'transactional'] as const
    const seen = await Promise.all(
      kinds.map(async (migrate, index) => {
        await using db = await createTestDb({ schema, dialect: opened.dialect, migrate })
        // Each has the key 1: those that are rolled back would wait for one another.
        const id = migrate === 'fresh' || name === 'sqlite' ? 1 : index
        await db
          .insert(lists)
          .values({ id, name: `of ${index}` })
          .execute()
        await db.transaction((tx) => tx.insert(notes).values({ listId: id, body: 'b' }).execute())
        const rows = await db.selectFrom('lists').select('name').execute()
        return [rows, (await db.selectFrom('notes').select('id').execute()).length]
      }),
    )
    expect(seen).toEqual(kinds.map((_, index) => [[{ name: `of ${index}` }], 1]))
  })

  test('tables that no test has made are left alone', async () => {
    await using opened = await open()
    await createNotes(opened.dialect)
    {
      await using db = await createTestDb({ schema, dialect: opened.dialect })
      expect(await db.selectFrom('lists').selectAll().execute()).toEqual([])
    }
    if (name === 'sqlite') return // each has a database of its own
    await expect(
      createTestDb({ schema, dialect: opened.dialect, migrate: 'transactional' }),
    ).rejects.toMatchObject({
      code: 'not_a_test_database',
      message: expect.stringContaining('lists, notes are there'),
    })
    await using client = createDbClient({ schema, dialect: opened.dialect })
    expect(await client.selectFrom('lists').selectAll().execute()).toHaveLength(2)
  })
})

test('what a transactional test does is seen by nobody else, and gone at its end', async () => {
  await using server = await postgresServer()
  const dialect = postgres({ url: server.url })
  await using other = await createTestDb({ schema, dialect, migrate: 'transactional' })
  {
    await using db = await createTestDb({ schema, dialect, migrate: 'transactional' })
    const [list] = await db.insert(lists).values({ name: 'a' }).returning('id').execute()
    await db
      .transaction(async (tx) => {
        await tx
          .insert(notes)
          .values({ listId: list?.id ?? 0, body: 'undone' })
          .execute()
        throw new RangeError('undone')
      })
      .catch(() => undefined)
    expect(await db.selectFrom('lists').selectAll().execute()).toHaveLength(1)
    expect(await db.selectFrom('notes').selectAll().execute()).toEqual([])
    expect(await other.selectFrom('lists').selectAll().execute()).toEqual([])
  }
  expect(await other.selectFrom('lists').selectAll().execute()).toEqual([])
})

test('a fresh database is gone with its test; a login that may not make one is told the other way', async () => {
  await using server = await postgresServer()
  const dialect = postgres({ url: server.url })
  await using admin = createDbClient({ schema: {}, dialect })
  const databases = async (): Promise<unknown> =>
    (await sql`select count(*)::int as n from pg_database`.execute(admin)).rows
  const before = await databases()
  {
    await using db = await createTestDb({ schema, dialect })
    expect(await databases()).not.toEqual(before)
    await db.insert(lists).values({ name: 'a' }).execute()
  }
  expect(await databases()).toEqual(before)
  await sql`create role humble_${sql.raw(String(process.pid))} login`.execute(admin)
  const url = new URL(server.url)
  url.username = `humble_${process.pid}`
  await expect(
    createTestDb({ schema, dialect: postgres({ url: url.href }) }),
  ).rejects.toMatchObject({
    code: 'no_test_database',
    message: expect.stringContaining("migrate: 'transactional'"),
  })
})
