import { createDbClient, integer, relations, table } from '@mizan/db'
import { type PostgresResource, postgres as server } from '@mizan/testing/resources'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { postgres } from './index.ts'

const lists = table('lists', { id: integer().primaryKey(), size: integer().notNull() })
const entries = table('entries', {
  id: integer().primaryKey(),
  listId: integer()
    .notNull()
    .references(() => lists.id),
})
const schema = {
  lists,
  entries,
  listRelations: relations(lists, ({ many }) => ({ entries: many(entries) })),
}
let resource: PostgresResource
beforeAll(async () => {
  resource = await server()
})
afterAll(() => resource[Symbol.asyncDispose]())

test('relations that are read by statements of their own are read from one state', async () => {
  const dialect = postgres({ url: resource.url })
  await using other = createDbClient({ schema, dialect })
  await sql`create table lists (id int primary key, size int not null)`.execute(other)
  await sql`create table entries (id int primary key, list_id int not null references lists)`.execute(
    other,
  )
  await other.insert(lists).values({ id: 1, size: 0 }).execute()
  let statements = 0
  await using db = createDbClient({
    schema,
    dialect,
    layers: [
      async (statement, next) => {
        const result = await next(statement)
        statements += 1
        // Somebody adds an entry, and counts it, between the two statements.
        if (statements === 1) {
          await other.transaction(async (tx) => {
            await tx.insert(entries).values({ id: 1, listId: 1 }).execute()
            await tx.update(lists).set({ size: 1 }).execute()
          })
        }
        return result
      },
    ],
  })
  const find = () => db.query.lists.findMany({ with: { entries: true }, strategy: 'split' })
  expect(await find()).toEqual([{ id: 1, size: 0, entries: [] }])
  expect(statements).toBe(2)
  expect(await find()).toEqual([{ id: 1, size: 1, entries: [{ id: 1, listId: 1 }] }])
})
