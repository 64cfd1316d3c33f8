import {
  createDbClient,
  createStatements,
  customType,
  defineSchema,
  eq,
  integer,
  relations,
  serial,
  table,
  text,
  toSnapshot,
  typed,
  UnknownNameError,
} from '@mizan/db'
import { tsvector } from '@mizan/db/pg'
import { sql } from 'kysely'
import { expect, expectTypeOf, test } from 'vitest'
import { sqlite } from './index.ts'

const people = table('people', {
  id: serial().primaryKey(),
  firstName: text().notNull(),
  lastName: text().notNull(),
  age: integer(),
})
const letters = table('letters', {
  id: serial().primaryKey(),
  fromId: integer()
    .notNull()
    .references(() => people.id),
  toId: integer()
    .notNull()
    .references(() => people.id),
  body: text().notNull(),
})
const peopleRelations = relations(people, ({ many }) => ({
  sent: many(letters, { relationName: 'from' }),
  received: many(letters, { relationName: 'to' }),
  correspondents: many(people, {
    through: { table: letters, fields: [letters.fromId], references: [letters.toId] },
  }),
}))
const letterRelations = relations(letters, ({ one }) => ({
  from: one(people, { fields: [letters.fromId], references: [people.id], relationName: 'from' }),
  to: one(people, { fields: [letters.toId], references: [people.id], relationName: 'to' }),
}))
const schema = defineSchema({ people, peopleRelations }, { letters, letterRelations })

async function open() {
  const db = createDbClient({ schema, dialect: sqlite({ url: ':memory:' }) })
  for (const statement of createStatements(toSnapshot(schema), db.dialect.ddl))
    await sql.raw(statement).execute(db)
  await db
    .insert(people)
    .values([
      { id: 1, firstName: 'Ada', lastName: 'L', age: 36 },
      { id: 2, firstName: 'Alan', lastName: 'T' },
    ])
    .execute()
  await db
    .insert(letters)
    .values([
      { fromId: 1, toId: 2, body: 'a' },
      { fromId: 2, toId: 1, body: 'b' },
      { fromId: 1, toId: 2, body: 'c' },
    ])
    .execute()
  return db
}

test('several relations between two tables, a table to itself through another, and counts', async () => {
  await using db = await open()
  const found = await db.query.people.findMany({
    columns: { firstName: true },
    with: {
      sent: { columns: { body: true } },
      received: true,
      correspondents: { columns: { id: true } },
    },
    _count: { sent: true, received: { where: (letter) => eq(letter.body, 'c') } },
  })
  expect(found[0]).toMatchObject({
    firstName: 'Ada',
    sent: [{ body: 'a' }, { body: 'c' }],
    received: [{ body: 'b' }],
    correspondents: [{ id: 2 }, { id: 2 }],
    _count: { sent: 2, received: 0 },
  })
  expectTypeOf(found[0]!._count).toEqualTypeOf<{ sent: number; received: number }>()
  const some = await db.query.people.findMany({
    where: (_, { some: any, like }) => any('sent', (letter) => like(letter.body, 'c%')),
  })
  expect(some.map((row) => row.id)).toEqual([1])
})

test('expressions are read by the type that was said, inside and outside', async () => {
  await using db = await open()
  const outside = await db.query.people.findMany({
    columns: { id: true },
    extras: (p) => ({
      whole: typed(sql`${p.firstName} || ' ' || ${p.lastName}`, text().notNull()),
    }),
  })
  expect(outside).toEqual([
    { id: 1, whole: 'Ada L' },
    { id: 2, whole: 'Alan T' },
  ])
  expectTypeOf(outside[0]!).toEqualTypeOf<{ id: number; whole: string }>()
  const inside = await db.query.letters.findFirst({
    with: { from: { extras: (p) => ({ isOld: typed(sql`${p.age} > 30`, integer()) }) } },
  })
  expect(inside?.from.isOld).toBe(1)
})

test('findUnique asks for the values of a key', async () => {
  await using db = await open()
  const one = await db.query.people.findUnique({ where: (p) => eq(p.id, 2) })
  expect(one?.firstName).toBe('Alan')
  await expect(
    db.query.people.findUnique({ where: (p) => eq(p.firstName, 'Ada') }),
  ).rejects.toMatchObject({ code: 'not_unique' })
})

test('the same query with other values is not the same answer', async () => {
  await using db = await open()
  for (const [id, name] of [
    [1, 'Ada'],
    [2, 'Alan'],
    [1, 'Ada'],
    [3, undefined],
  ] as const) {
    expect((await db.query.people.findFirst({ where: (p) => eq(p.id, id) }))?.firstName).toBe(name)
    expect(
      (await db.select().from(people).where(eq(people.id, id)).executeTakeFirst())?.firstName,
    ).toBe(name)
  }
  const ages = async (age: number | null) =>
    (await db.query.people.findMany({ where: (p) => eq(p.age, age as number) })).length
  expect([await ages(36), await ages(null), await ages(36)]).toEqual([1, 1, 1])
})

test('modify shares conditions between queries', async () => {
  await using db = await open()
  type People = ReturnType<ReturnType<typeof base>['selectAll']>
  const base = () => db.selectFrom('people')
  const older = (query: People, than: number) => query.where('age', '>', than)
  const rows = await db
    .select()
    .from(people)
    .modify(older, 30)
    .modify((query, limit: number) => query.limit(limit), 5)
    .orderBy('id')
    .execute()
  expect(rows.map((row) => row.id)).toEqual([1])
})

test('$extends adds methods and computed members, in transactions too', async () => {
  await using db = await open()
  const extended = db.$extends({
    result: {
      people: {
        fullName: {
          needs: { firstName: true, lastName: true },
          compute: (person) => `${person.firstName} ${person.lastName}`,
        },
      },
    },
    model: {
      people: {
        async findByName(name: string) {
          return this.findFirst({ where: (p, { eq: equals }) => equals(p.firstName, name) })
        },
      },
    },
  })
  const found = await extended.people.findByName('Ada')
  expect(found?.fullName).toBe('Ada L')
  const [narrow] = await extended.query.people.findMany({ columns: { age: true } })
  expect(narrow).toEqual({ age: 36, fullName: 'Ada L' })
  expectTypeOf(narrow!.fullName).toEqualTypeOf<string>()
  await extended.transaction(async (tx) => {
    await tx.update(people).set({ lastName: 'Lovelace' }).where(eq(people.id, 1)).execute()
    expect((await tx.people.findByName('Ada'))?.fullName).toBe('Ada Lovelace')
  })
  expect(() =>
    db.$extends({ result: { people: { age: { needs: {}, compute: () => 1 } } } }),
  ).toThrow(/already/)
})

test('a savepoint stands in a transaction only', async () => {
  await using db = await open()
  await expect(db.savepoint(async () => undefined)).rejects.toMatchObject({
    code: 'no_transaction',
  })
  await db.transaction(async (tx) => {
    await tx
      .savepoint(async (sp) => {
        await sp.deleteFrom('letters').execute()
        throw new RangeError('undo')
      })
      .catch(() => undefined)
    expect(await tx.selectFrom('letters').selectAll().execute()).toHaveLength(3)
  })
})

test('events tell of slow statements and of transactions', async () => {
  let now = 0
  const db = createDbClient({
    schema,
    dialect: sqlite({ url: ':memory:' }),
    clock: () => (now += 100),
    slowQueryThreshold: 50,
  })
  const seen: string[] = []
  db.on('slowQuery', ({ milliseconds }) => seen.push(`slow ${milliseconds}`))
  db.on('transactionStart', () => seen.push('start'))
  db.on('transactionCommit', () => seen.push('commit'))
  db.on('transactionRollback', () => seen.push('rollback'))
  await db.transaction((tx) => sql`select 1`.execute(tx))
  await db.transaction(() => Promise.reject(new RangeError('no'))).catch(() => undefined)
  expect(seen).toEqual(['start', 'slow 100', 'commit', 'start', 'rollback'])
  await db.destroy()
})

test('a type of another database, and a custom type of nothing, are refused when the client is made', async () => {
  const wrong = { notes: table('notes', { id: serial().primaryKey(), words: tsvector() }) }
  expect(() => createDbClient({ schema: wrong, dialect: sqlite({ url: ':memory:' }) })).toThrow(
    /notes.words is tsvector, which postgres has and sqlite has not/,
  )
  const lists = { notes: table('notes', { id: serial().primaryKey(), words: text().array() }) }
  expect(() => createDbClient({ schema: lists, dialect: sqlite({ url: ':memory:' }) })).toThrow(
    /store it as json/,
  )
})

test('a custom type is its own in conditions, and inside nested rows', async () => {
  const upper = customType<string, string>({
    dataType: () => text(),
    toDriver: (value) => value.toUpperCase(),
    fromDriver: (stored) => stored.toLowerCase(),
  })
  const words = table('words', {
    id: integer().primaryKey(),
    word: upper().notNull(),
    next: integer(),
  })
  const wordRelations = relations(words, ({ one }) => ({
    following: one(words, { fields: [words.next], references: [words.id] }),
  }))
  await using db = createDbClient({
    schema: { words, wordRelations },
    dialect: sqlite({ url: ':memory:' }),
  })
  await sql`create table words (id integer primary key, word text not null, next integer)`.execute(
    db,
  )
  await db
    .insert(words)
    .values([
      { id: 1, word: 'a', next: 2 },
      { id: 2, word: 'b' },
    ])
    .execute()
  expect((await sql`select word from words`.execute(db)).rows).toEqual([
    { word: 'A' },
    { word: 'B' },
  ])
  const found = await db.query.words.findFirst({
    where: (w) => eq(w.word, 'a'),
    with: { following: true },
  })
  expect([found?.word, found?.following?.word]).toEqual(['a', 'b'])
})

test('an unknown column in data from outside says what is wrong', async () => {
  await using db = await open()
  await expect(
    db
      .insertInto('people')
      .values(JSON.parse('{"firstName":"x","lastName":"y","isAdmin":true}'))
      .execute(),
  ).rejects.toThrow(/no column "isAdmin"/)
  await expect(sql`select unheard_of from people`.execute(db)).rejects.toBeInstanceOf(
    UnknownNameError,
  )
})
