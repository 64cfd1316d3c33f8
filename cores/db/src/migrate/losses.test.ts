import { expect, test } from 'vitest'
import {
  formatSnapshot,
  parseSnapshot,
  planChanges,
  serial,
  table,
  text,
  toSnapshot,
  uuid,
  varchar,
} from '../index.ts'
import { lossesOf } from './losses.ts'

const facts = { alterConstraints: true }
const before = table('notes', {
  id: serial().primaryKey(),
  title: varchar(40),
  body: text().notNull(),
  code: uuid().notNull().unique(),
})
const stored = parseSnapshot(formatSnapshot(toSnapshot({ before })), 'snapshot.json')

test('a column that only gets a default loses nothing, in whatever order a file has its members', () => {
  const after = table('notes', {
    id: serial().primaryKey(),
    title: varchar(40).default('none'),
    body: text().notNull(),
    code: uuid().notNull().unique(),
  })
  const changes = planChanges(stored, toSnapshot({ after }), facts)
  expect(changes.map((change) => change.kind)).toEqual(['alterColumn'])
  expect(lossesOf(changes)).toEqual([])
})

test('a column that goes says what becomes of its rows when it comes back', () => {
  const after = table('notes', { id: serial().primaryKey(), title: varchar(40) })
  expect(lossesOf(planChanges(stored, toSnapshot({ after }), facts))).toEqual([
    'the values of notes.body (rows come back with an empty value)',
    'the values of notes.code (rows come back with an empty value); it is unique, so it comes back to a table with one row at most',
  ])
})
