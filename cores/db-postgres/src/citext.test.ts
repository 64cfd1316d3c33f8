import { createDbClient, eq, inArray, integer, like, relations, serial, table } from '@mizan/db'
import { citext } from '@mizan/db/pg'
import { postgres as server } from '@mizan/testing/resources'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { postgres } from './index.ts'

const people = table('people', { id: serial().primaryKey(), email: citext().notNull().unique() })
const letters = table('letters', {
  id: serial().primaryKey(),
  toId: integer()
    .notNull()
    .references(() => people.id),
})
const schema = {
  people,
  letters,
  peopleRelations: relations(people, ({ many }) => ({ letters: many(letters) })),
  letterRelations: relations(letters, ({ one }) => ({
    to: one(people, { fields: [letters.toId], references: [people.id] }),
  })),
}

test('the case of citext does not count in conditions, lists, patterns and nested filters', async () => {
  await using resource = await server()
  await using db = createDbClient({ schema, dialect: postgres({ url: resource.url }) })
  await sql`create extension citext`.execute(db)
  await sql`create table people (id serial primary key, email citext not null unique)`.execute(db)
  await sql`create table letters (id serial primary key, to_id integer not null references people (id))`.execute(
    db,
  )
  await db.insert(people).values({ email: 'Ann@Example.com' }).execute()
  await db.insert(letters).values({ toId: 1 }).execute()
  const ann = { id: 1, email: 'Ann@Example.com' }
  // More than once: the second time a statement may be prepared.
  for (let run = 0; run < 3; run += 1) {
    for (const condition of [
      eq(people.email, 'ann@example.COM'),
      inArray(people.email, ['nobody', 'ANN@example.com']),
      like(people.email, 'ann@%'),
    ])
      expect(await db.select().from(people).where(condition).execute()).toEqual([ann])
    expect(
      await db.query.letters.findMany({
        with: { to: true },
        where: (_, { some }) => some('to', (person) => eq(person.email, 'ANN@EXAMPLE.COM')),
      }),
    ).toEqual([{ id: 1, toId: 1, to: ann }])
  }
})
