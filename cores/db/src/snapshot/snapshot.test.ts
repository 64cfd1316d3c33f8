import { expect, test } from 'vitest'
import {
  type AnyColumn,
  describeChange,
  emptySnapshot,
  foreignKey,
  formatSnapshot,
  index,
  integer,
  parseSnapshot,
  planChanges,
  primaryKey,
  serial,
  table,
  text,
  toSnapshot,
  unique,
  viewOf,
} from '../index.ts'
import { generatedName } from './generated-name.ts'
import { toSource } from './to-source.ts'

const canAlter = { alterConstraints: true }
const cannotAlter = { alterConstraints: false }

const authors = table('authors', {
  id: serial().primaryKey(),
  favouriteId: integer().references((): AnyColumn => books.id),
})
const books: ReturnType<typeof makeBooks> = makeBooks()
function makeBooks() {
  return table('books', {
    id: serial().primaryKey(),
    authorId: integer().references((): AnyColumn => authors.id),
  })
}

test('tables that refer to each other are created first and joined afterwards, or joined at once where they must be', () => {
  const snapshot = toSnapshot({ authors, books })
  expect(planChanges(emptySnapshot, snapshot, canAlter).map(describeChange)).toEqual([
    'create table books',
    'create table authors',
    'add foreign key books_author_id_fk',
  ])
  expect(planChanges(emptySnapshot, snapshot, cannotAlter).map(describeChange)).toEqual([
    'create table books',
    'create table authors',
  ])
  expect(planChanges(snapshot, emptySnapshot, canAlter).map(describeChange)).toEqual([
    'drop foreign key books_author_id_fk',
    'drop table authors',
    'drop table books',
  ])
})

test('a snapshot reads back as it was written, whatever the order of declaration', () => {
  const snapshot = toSnapshot({ books, authors })
  expect(formatSnapshot(snapshot)).toBe(formatSnapshot(toSnapshot({ authors, books })))
  expect(parseSnapshot(formatSnapshot(snapshot), 'snapshot.json')).toEqual(snapshot)
})

test('a snapshot of a newer version is not guessed at', () => {
  expect(() => parseSnapshot('{"version": 2, "tables": {}}', 'snapshot.json')).toThrow(
    /version 2.*upgrade/,
  )
  expect(() => parseSnapshot('[]', 'snapshot.json')).toThrow(/not a schema snapshot/)
})

test('keys become snake_case, a given name stays', () => {
  const { tables } = toSnapshot({
    any: table('any', { createdAt: text(), parseHTTPUrl: text(), other: text({ name: 'OTHER' }) }),
  })
  expect(tables['any']?.columns.map((column) => column.name)).toEqual([
    'created_at',
    'parse_http_url',
    'OTHER',
  ])
})

test.each([
  [
    'a table that is exported twice',
    () => toSnapshot({ a: authors, b: authors, books }),
    /both the table "authors"/,
  ],
  [
    'a reference out of the schema',
    () => toSnapshot({ books }),
    /refers to table "authors", which the schema does not export/,
  ],
  [
    'two columns of one name',
    () => table('t', { userId: text(), user_id: text() }),
    /two columns are named "user_id"/,
  ],
  ['a key with a dollar', () => table('t', { $id: text() }), /begins with "\$"/],
  [
    'two primary keys',
    () => toSnapshot({ t: table('t', { a: serial().primaryKey(), b: integer().primaryKey() }) }),
    /several primary keys/,
  ],
  [
    'types that do not fit',
    () =>
      toSnapshot({
        authors: table('authors', { id: serial().primaryKey() }),
        t: table('t', { a: text().references(() => plain.id) }),
        plain,
      }),
    /t\.a is text and cannot refer to plain\.id, which is serial/,
  ],
  [
    'two indexes of one name',
    () =>
      toSnapshot({
        a: table('a', { x: text() }, (t) => ({ i: index('same').on(t.x) })),
        b: table('b', { x: text() }, (t) => ({ i: unique('same').on(t.x) })),
      }),
    /"same" names an index of a and one of b/,
  ],
  [
    'a column of another table',
    () => toSnapshot({ plain, a: table('a', { x: text() }, () => ({ i: index().on(plain.id) })) }),
    /"plain.id" is a column of another table/,
  ],
])('%s is refused', (_name, declare, message) => {
  expect(declare).toThrow(message)
})

const plain = table('plain', { id: serial().primaryKey() })

test('keys of several columns, and of a table to itself', () => {
  const nodes = table('nodes', { tree: integer(), id: integer(), parent: integer() }, (t) => ({
    key: primaryKey(t.tree, t.id),
    parent: foreignKey(t.tree, t.parent).references([t.tree, t.id], { onDelete: 'cascade' }),
  }))
  const { tables } = toSnapshot({ nodes })
  expect(tables['nodes']?.primaryKey).toEqual(['tree', 'id'])
  expect(tables['nodes']?.foreignKeys).toEqual([
    {
      name: 'nodes_tree_parent_fk',
      columns: ['tree', 'parent'],
      table: 'nodes',
      references: ['tree', 'id'],
      onDelete: 'cascade',
      onUpdate: 'no action',
    },
  ])
})

test('a generated name fits every database and stays unlike others', () => {
  const long = 'a_table_with_quite_a_long_name_that_goes_on'
  const [one, two] = [
    generatedName(long, ['first_column_name'], 'index'),
    generatedName(long, ['first_column_nume'], 'index'),
  ]
  expect(one.length).toBeLessThanOrEqual(63)
  expect(one).not.toBe(two)
  expect(one).toMatch(/_index$/)
  expect(generatedName('t', ['a', 'b'], 'fk')).toBe('t_a_b_fk')
})

test('a view that the schema says is none of the tables that migrations make', () => {
  const tasks = table('tasks', { id: integer().primaryKey() })
  const openTasks = table('open_tasks', { id: integer() })
  const snapshot = toSnapshot({ tasks, openTasks, ofView: viewOf(openTasks, () => [tasks]) })
  expect(Object.keys(snapshot.tables)).toEqual(['tasks'])
})

test('the source of a database without tables is a module', () => {
  expect(toSource(emptySnapshot).text).toBe(
    '/** The schema of the database, read from it. */\n\nexport {}\n',
  )
})
