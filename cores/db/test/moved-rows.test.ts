import { describe, expect, test } from 'vitest'
import { postgres } from '@mizan/db-postgres'
import { postgres as postgresServer } from '@mizan/testing/resources'
import type { CompiledQuery, Dialect, Driver } from 'kysely'
import { createDbClient, type DialectPackage, eq } from '../src/index.ts'
import { dialects } from './dialects.ts'
import { createNotes, notes, type NotesDatabase, schema } from './notes-app.ts'

/** Tags of what `work` commits, in one transaction. */
async function tagsOf(
  db: NotesDatabase,
  work: (tx: NotesDatabase) => Promise<unknown>,
): Promise<string[]> {
  const tags = new Set<string>()
  const stop = db.on('commit', ({ writes }) => writes.forEach((tag) => tags.add(tag)))
  await db.transaction(work)
  stop()
  return [...tags].toSorted()
}

describe.each(dialects)('%s:', (_name, open) => {
  test('a row that moves tells where it was and where it is, and nobody else', async () => {
    await using opened = await open()
    await createNotes(opened.dialect)
    await using db = createDbClient({ schema, dialect: opened.dialect })
    const move = (tx: NotesDatabase) =>
      tx.update(notes).set({ listId: 2 }).where(eq(notes.body, 'old')).execute()
    expect(await tagsOf(db, move)).toEqual([
      'notes',
      'notes:id=1',
      'notes:list_id=1',
      'notes:list_id=2',
    ])
  })

  test('a row that is changed or deleted by its key tells its other keys', async () => {
    await using opened = await open()
    await createNotes(opened.dialect)
    await using db = createDbClient({ schema, dialect: opened.dialect })
    const placed = ['notes', 'notes:id=1', 'notes:list_id=1']
    const rename = (tx: NotesDatabase) =>
      tx.update(notes).set({ body: 'new' }).where(eq(notes.id, 1)).execute()
    expect(await tagsOf(db, rename)).toEqual(placed)
    const remove = (tx: NotesDatabase) => tx.delete(notes).where(eq(notes.id, 1)).execute()
    expect(await tagsOf(db, remove)).toEqual(placed)
  })

  test('very many rows that move are told as one change that cannot be placed', async () => {
    await using opened = await open()
    await createNotes(opened.dialect)
    await using db = createDbClient({ schema, dialect: opened.dialect })
    const rows = Array.from({ length: 1001 }, () => ({ listId: 1, body: 'many' }))
    await db.insert(notes).values(rows).execute()
    const move = (tx: NotesDatabase) => tx.update(notes).set({ listId: 2 }).execute()
    expect(await tagsOf(db, move)).toContain('notes:*')
  })
})

/** The dialect, and what happens right after rows were looked at. */
function withPause(base: DialectPackage, afterLook: () => Promise<unknown>): DialectPackage {
  const createDialect = (): Dialect => {
    const dialect = base.createDialect()
    const createDriver = (): Driver => {
      const driver = dialect.createDriver()
      const acquire = driver.acquireConnection.bind(driver)
      driver.acquireConnection = async () => {
        const connection = await acquire()
        const execute = connection.executeQuery.bind(connection)
        connection.executeQuery = async <R>(query: CompiledQuery) => {
          const result = await execute<R>(query)
          if (query.sql.includes('for no key update')) await afterLook()
          return result
        }
        return connection
      }
      return driver
    }
    return { ...dialect, createDriver }
  }
  return { ...base, createDialect }
}

test('a row that joins those that move after they were looked at is not forgotten', async () => {
  await using server = await postgresServer()
  const dialect = postgres({ url: server.url })
  await createNotes(dialect)
  await using other = createDbClient({ schema, dialect })
  const paused = withPause(dialect, () =>
    other.insert(notes).values({ listId: 1, body: 'joins' }).execute(),
  )
  await using db = createDbClient({ schema, dialect: paused })
  const move = (tx: NotesDatabase) => tx.update(notes).set({ listId: 2 }).execute()
  expect(await tagsOf(db, move)).toContain('notes:*')
})
