import { expect, test } from 'vitest'
import { integer, table, text, varchar } from '../index.ts'
import { formatRename, possibleRenames } from './possible-renames.ts'
import { parseRename } from './renames.ts'
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
])('%s is a rename', ([text, rename]) => expect(parseRename(text)).toEqual(rename))

test.for(['users', 'users.name=people.name', 'a.b.c=d', 'users=people.name', '=', 'a=b=c'])(
  '%s is none',
  (text) => expect(() => parseRename(text)).toThrow(`"${text}" is no rename`),
)
