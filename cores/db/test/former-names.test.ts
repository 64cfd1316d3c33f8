import { join } from 'node:path'
import { sqlite } from '@mizan/db-sqlite'
import { temporaryFolder } from '@mizan/testing/resources'
import { expect, test } from 'vitest'
import { createDbClient, integer, serial, table, text, was } from '../src/index.ts'
import { generateMigration, migrateDown, migrateLatest } from '../src/migrate.ts'

test('a column and a table with a former name are renamed, with their rows, and get the name back', async () => {
  await using folder = await temporaryFolder()
  const dialect = () => sqlite({ url: join(folder.path, 'app.db') })
  const migrations = join(folder.path, 'migrations')
  const oldNotes = table('notes', { id: serial().primaryKey(), title: text().notNull() })
  const oldMarks = table('marks', {
    id: serial().primaryKey(),
    noteId: integer().references(() => oldNotes.id),
  })
  const before = { notes: oldNotes, marks: oldMarks }
  await generateMigration({ migrations, dialect: dialect(), schema: before, name: 'first' })
  await migrateLatest({ migrations, dialect: dialect() })
  {
    await using db = createDbClient({ schema: before, dialect: dialect() })
    await db.insert(before.notes).values({ title: 'kept' }).execute()
    await db.insert(before.marks).values({ noteId: 1 }).execute()
  }
  const notes = table(
    'papers',
    { id: serial().primaryKey(), heading: text().notNull().was('title') },
    () => ({ was: was('notes') }),
  )
  const marks = table('marks', {
    id: serial().primaryKey(),
    noteId: integer().references(() => notes.id),
  })
  const after = { notes, marks }
  await generateMigration({ migrations, dialect: dialect(), schema: after, name: 'second' })
  await migrateLatest({ migrations, dialect: dialect() })
  {
    await using db = createDbClient({ schema: after, dialect: dialect() })
    expect(await db.select().from(notes).execute()).toEqual([{ id: 1, heading: 'kept' }])
    expect(await db.select().from(marks).execute()).toEqual([{ id: 1, noteId: 1 }])
  }
  await migrateDown({ migrations, dialect: dialect() })
  await using db = createDbClient({ schema: before, dialect: dialect() })
  expect(await db.select().from(before.notes).execute()).toEqual([{ id: 1, title: 'kept' }])
})
