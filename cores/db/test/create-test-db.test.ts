import { postgres } from '@mizan/db-postgres'
import { postgres as postgresServer } from '@mizan/testing/resources'
import { describe, expect, test } from 'vitest'
import { enumType, integer, serial, table, type AnyColumn } from '../src/index.ts'
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
      // What was committed would be found by the next one.
      if (migrate === 'fresh') await db.deleteFrom('second').execute()
    }
  })

  test('tables that no test has made are left alone', async () => {
    await using opened = await open()
    await createNotes(opened.dialect)
    if (name === 'sqlite') return // the database is gone with its client
    await expect(createTestDb({ schema, dialect: opened.dialect })).rejects.toMatchObject({
      code: 'not_a_test_database',
      message: expect.stringContaining('lists, notes are there'),
    })
  })
})

test('what a transactional test does is seen by nobody else, and gone at its end', async () => {
  await using server = await postgresServer()
  const dialect = postgres({ url: server.url })
  await using other = await createTestDb({ schema, dialect })
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
