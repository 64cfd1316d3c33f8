import {
  createDbClient,
  createStatements,
  eq,
  integer,
  relations,
  table,
  text,
  toSnapshot,
} from '@mizan/db'
import { mariadb, type MariadbResource } from '@mizan/testing/resources'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mysql } from './index.ts'

const shelves = table('shelves', { id: integer().primaryKey() })
const books = table('books', {
  id: integer().primaryKey(),
  shelfId: integer()
    .notNull()
    .references(() => shelves.id),
  words: text().notNull(),
})
const schema = {
  shelves,
  books,
  shelfRelations: relations(shelves, ({ many }) => ({ books: many(books) })),
}
let resource: MariadbResource
beforeAll(async () => {
  resource = await mariadb()
  await using db = open()
  for (const statement of createStatements(toSnapshot(schema), db.dialect.ddl))
    await sql.raw(statement).execute(db)
  await db.insert(shelves).values({ id: 1 }).execute()
  const words = 'word '.repeat(2000)
  await db
    .insert(books)
    .values(Array.from({ length: 200 }, (_, id) => ({ id, shelfId: 1, words })))
    .execute()
})
afterAll(() => resource[Symbol.asyncDispose]())

function open() {
  const dialect = mysql({ url: resource.url, maximumConnections: 1 })
  return createDbClient({ schema, dialect })
}

const find = (db: ReturnType<typeof open>) =>
  db.query.shelves.findMany({ with: { books: { orderBy: (book, { asc }) => asc(book.id) } } })

test('nested rows of two megabytes arrive whole, where the server would cut them after one', async () => {
  await using db = open()
  const [shelf] = await find(db)
  expect(shelf?.books.map(({ id }) => id)).toEqual(Array.from({ length: 200 }, (_, id) => id))
  expect(new Set(shelf?.books.map(({ words }) => words.length))).toEqual(new Set([10_000]))
})

test('nested rows that the server has cut are an error wherever it cuts, never fewer rows', async () => {
  await using db = open()
  const ids = () => db.query.shelves.findMany({ with: { books: { columns: { id: true } } } })
  // Each row has five characters with its comma: one of these ends with a row.
  for (let length = 300; length < 310; length += 1) {
    await sql`set session group_concat_max_len = ${sql.lit(length)}`.execute(db)
    await expect(ids(), `cut at ${length}`).rejects.toMatchObject({ code: 'nested_rows' })
  }
})

test('a text places no read where the server may take two of them for one', async () => {
  const names = table('names', { id: integer().primaryKey(), name: text().tag() })
  const seen: string[] = []
  await using db = createDbClient({
    schema: { names },
    dialect: mysql({ url: resource.url }),
    scope: () => ({
      principal: () => undefined,
      signal: undefined,
      transaction: undefined,
      observe: ({ reads }) => void seen.push(...reads),
    }),
  })
  await sql`create table names (id int primary key, name text collate utf8mb4_general_ci)`.execute(
    db,
  )
  await sql`insert into names values (1, 'ADA')`.execute(db)
  seen.length = 0
  const rows = await db.select().from(names).where(eq(names.name, 'ada')).execute()
  expect([rows.length, seen]).toEqual([1, ['names']])
})

// It changes settings of the whole server.
test.skipIf(process.env['MYSQL_URL'])(
  'a session reads and refuses values in one way, whatever the server is set to',
  async () => {
    await using admin = open()
    await sql`set global time_zone = '+09:00', global sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES', global group_concat_max_len = 1024`.execute(
      admin,
    )
    await using db = open()
    const { rows } = await sql<Record<string, unknown>>`
      select @@session.time_zone as zone, @@session.group_concat_max_len as longest, ${'a\\'} as text,
        cast(timestamp '1970-01-01 00:00:00' as datetime) = from_unixtime(0) as is_utc`.execute(db)
    expect(rows).toEqual([{ zone: '+00:00', longest: expect.anything(), text: 'a\\', is_utc: 1 }])
    expect(Number(rows[0]?.['longest'])).toBeGreaterThan(1_000_000_000)
    // Without the strict mode the text would be cut, and the number another one.
    await sql`create table narrow (text varchar(2), number tinyint)`.execute(db)
    await expect(sql`insert into narrow (text) values ('long')`.execute(db)).rejects.toThrow(/long/)
    await expect(sql`insert into narrow (number) values (999)`.execute(db)).rejects.toThrow(/range/)
  },
)
