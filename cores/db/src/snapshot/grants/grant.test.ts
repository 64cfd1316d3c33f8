import { expect, test } from 'vitest'
import { grant } from '../../schema/grant.ts'
import { describeChange } from '../changes.ts'
import { planChanges } from '../plan-changes.ts'
import { emptySnapshot, formatSnapshot, parseSnapshot } from '../snapshot.ts'
import { toSnapshot } from '../to-snapshot.ts'
import { integer, serial, text } from '../../schema/columns.ts'
import { table } from '../../schema/table.ts'
import { grantKey, type GrantSnapshot } from './grant.ts'

const tasks = table('tasks', { id: serial().primaryKey(), title: text() }, (t) => ({
  one: grant('select').to('app'),
  two: grant('insert', 'select').to('app', { grantable: true }),
  three: grant('update').on(t.title).to('app'),
}))
const gives = { alterConstraints: true, grant: () => [], revoke: () => [] }

test('rights of one role on one thing are one', () => {
  const snapshot = toSnapshot({ tasks })
  expect(snapshot.grants).toEqual({
    'grant on column tasks.title to app': {
      on: 'table',
      name: 'tasks',
      column: 'title',
      to: 'app',
      privileges: ['update'],
    },
    'grant on table tasks to app': {
      on: 'table',
      name: 'tasks',
      to: 'app',
      privileges: ['insert', 'select'],
      grantable: ['insert', 'select'],
    },
  })
  expect(parseSnapshot(formatSnapshot(snapshot), 'snapshot')).toEqual(snapshot)
})

test('names that hold dots, blanks or quotes make keys of their own', () => {
  const on = (name: string, column: string, to: string): GrantSnapshot => ({
    on: 'table',
    name,
    column,
    to,
    privileges: ['select'],
  })
  const keys = [
    on('a.b', 'c', 'd'),
    on('a', 'b.c', 'd'),
    on('a', 'b', 'c to d'),
    on('a', 'b to c', 'd'),
    on('a', '"b"', 'd'),
  ].map(grantKey)
  expect(new Set(keys).size).toBe(keys.length)
})

test('rights that stay are no change, and those of a table that goes, go with it', () => {
  const [none, some] = [emptySnapshot, toSnapshot({ tasks })]
  expect(planChanges(some, some, gives)).toEqual([])
  expect(planChanges(some, none, gives).map(describeChange)).toEqual(['drop table tasks'])
  expect(planChanges(none, some, gives).map(describeChange)).toEqual([
    'create table tasks',
    'grant update on column tasks.title to app',
    'grant insert with grant option, select with grant option on table tasks to app',
  ])
  const smaller = toSnapshot({
    tasks: table('tasks', { id: serial().primaryKey(), size: integer() }, () => ({
      one: grant('insert').to('app'),
    })),
  })
  expect(planChanges(some, smaller, gives).map(describeChange)).toEqual([
    'revoke insert, select on table tasks from app',
    'add column tasks.size',
    'drop column tasks.title',
    'grant insert on table tasks to app',
  ])
})

test('what is taken of a table is taken before one of its columns is new', () => {
  const more = toSnapshot({
    tasks: table('tasks', { id: serial().primaryKey(), size: integer() }, (t) => ({
      one: grant('select').on(t.size).to('app'),
    })),
  })
  expect(planChanges(toSnapshot({ tasks }), more, gives).map(describeChange)).toEqual([
    'revoke insert, select on table tasks from app',
    'add column tasks.size',
    'grant select on column tasks.size to app',
    'drop column tasks.title',
  ])
})

test('a dialect whose migrations give no rights says so', () => {
  expect(() =>
    planChanges(emptySnapshot, toSnapshot({ tasks }), { alterConstraints: true }),
  ).toThrow(
    '"app" has rights on column tasks.title, which migrations give on PostgreSQL alone. Leave grant() out',
  )
})

test('a grant names privileges and a role, and everybody cannot pass one on', () => {
  expect(() => grant('select').to('')).toThrow('grant(select).to(): a role has a name')
  expect(() => grant('select').to('public', { grantable: true })).toThrow(
    "grant(select).to('public'): everybody cannot pass a right on",
  )
  // Constraints are made when the schema is read.
  const wrong = table('t', { id: integer() }, (t) => ({
    // @ts-expect-error no single column is deleted
    no: grant('select', 'delete').on(t.id).to('app'),
  }))
  expect(() => toSnapshot({ wrong })).toThrow(
    'grant(select, delete).on(): delete is a right on whole tables',
  )
})
