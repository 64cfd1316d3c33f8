import { expect, test } from 'vitest'
import { integer, schema, serial, table, text, varchar, was } from '../index.ts'
import { formatRename, possibleRenames } from './possible-renames.ts'
import { effectiveRenames, parseRename, statedRenames } from './renames.ts'
import { toSnapshot } from './to-snapshot.ts'

const before = toSnapshot({
  people: table('people', { id: integer().primaryKey(), name: text(), age: integer() }),
  tags: table('tags', { id: integer().primaryKey(), label: varchar(40) }),
})
const after = toSnapshot({
  people: table('people', { id: integer().primaryKey(), full: text(), nick: text() }),
  labels: table('labels', { id: integer().primaryKey(), label: varchar(40) }),
})

test('what is gone and what is new of the same type may be a rename; of another type it is none', () => {
  expect(possibleRenames(before, after).map(formatRename)).toEqual([
    'tags=labels',
    'people.name=people.full',
    'people.name=people.nick',
  ])
})

test('what is stated is no question, and what it leaves is', () => {
  const stated = ['people.name=people.full', 'tags=labels'].map(parseRename)
  expect(possibleRenames(before, after, stated)).toEqual([])
  const other = [parseRename('people.name:nick')]
  expect(possibleRenames(before, after, other).map(formatRename)).toEqual(['tags=labels'])
})

test('columns of a table that was renamed are compared with those of before', () => {
  const moved = toSnapshot({
    users: table('users', { id: integer().primaryKey(), full: text(), age: integer() }),
    tags: table('tags', { id: integer().primaryKey(), label: varchar(40) }),
  })
  expect(possibleRenames(before, moved, [parseRename('people=users')])).toEqual([
    { table: 'users', column: 'full', from: 'name' },
  ])
})

test.for<[string, object]>([
  ['users.name=users.full_name', { table: 'users', column: 'full_name', from: 'name' }],
  ['users.name=full_name', { table: 'users', column: 'full_name', from: 'name' }],
  ['users.name:full_name', { table: 'users', column: 'full_name', from: 'name' }],
  ['users=people', { table: 'people', from: 'users' }],
  ['users:people', { table: 'people', from: 'users' }],
  ['audit.users.name=full_name', { table: 'audit.users', column: 'full_name', from: 'name' }],
  ['a.users.name=a.users.full', { table: 'a.users', column: 'full', from: 'name' }],
  ['audit.users=archive.people', { table: 'archive.people', from: 'audit.users' }],
  ['users=audit.users', { table: 'audit.users', from: 'users' }],
  ['audit.users=users', { table: 'users', from: 'audit.users' }],
])('%s is a rename', ([text, rename]) => expect(parseRename(text)).toEqual(rename))

test.for(['users', 'users.=people', 'a.b.c=a.d.e', 'a.b.c.d=e', 'a.b.c=d.e', 'a=a', '=', 'a=b=c'])(
  '%s is none',
  (text) => expect(() => parseRename(text)).toThrow(`"${text}" is no rename`),
)

test('two names of one owner are a column of a table, or tables of a schema where there are such', () => {
  const users = schema('audit').table('users', { id: serial().primaryKey() })
  const people = schema('audit').table('people', { id: serial().primaryKey() })
  const found = effectiveRenames(
    [parseRename('audit.users=audit.people')],
    toSnapshot({ users }),
    toSnapshot({ people }),
  )
  expect(found).toEqual([{ table: 'audit.people', from: 'audit.users', schema: 'audit' }])
})

test('a table says what it was: of its own schema, of another, or of none', () => {
  const wasOf = (name: string): unknown =>
    statedRenames({
      users: schema('audit').table('users', { id: serial() }, () => ({ before: was(name) })),
    })
  expect(wasOf('people')).toEqual([{ table: 'audit.users', from: 'audit.people' }])
  expect(wasOf('archive.users')).toEqual([{ table: 'audit.users', from: 'archive.users' }])
  expect(wasOf('users')).toEqual([{ table: 'audit.users', from: 'users' }])
})
