import { expect, test } from 'vitest'
import { MigrationPlanError, planChanges } from '../../index.ts'
import { emptySnapshot, type ObjectSnapshot, type SchemaSnapshot } from '../snapshot.ts'
import { NewNames } from './new-names.ts'
import { sqlTokens } from './sql-tokens.ts'
import { staleBodies } from './stale-bodies.ts'

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`
const postgres = { alterConstraints: true, quote, createSchema: () => [] }
const others = { alterConstraints: true, quote }
const ofTasks = { kind: 'view', dependsOn: ['table tasks'] } as const

test('a new name stands where the table was meant, and in no string, no comment and behind no AS', () => {
  const names = new NewNames([{ table: 'to"dos', from: 'tasks' }], postgres)
  const sql = `select tasks.id, t."tasks" as tasks, 'tasks' -- tasks\n, $a$ tasks $a$ from tasks t, "Tasks"`
  expect(names.text(sql, ofTasks)).toBe(
    `select "to""dos".id, t."tasks" as tasks, 'tasks' -- tasks\n, $a$ tasks $a$ from "to""dos" t, "Tasks"`,
  )
})

test('a table that moves is named with its schema where it is read, and without it where it says whose a column is', () => {
  const there = new NewNames([{ table: 'a b.todos', from: 'tasks', schema: 'a b' }], postgres)
  const back = new NewNames([{ table: 'tasks', from: 'a b.todos' }], postgres)
  const [here, moved] = ['select tasks.id from tasks', 'select todos.id from "a b".todos']
  expect(there.text(here, ofTasks)).toBe(moved)
  expect(back.text(moved, { kind: 'view', dependsOn: ['table a b.todos'] })).toBe(here)
  const trigger = { kind: 'trigger', table: 'tasks', dependsOn: [] } as const
  expect(there.text('create trigger x before update on public.tasks', trigger)).toBe(
    'create trigger x before update on "a b".todos',
  )
})

test('a column gets its new name behind its table, an alias of that, and alone where no other table is read', () => {
  const names = new NewNames([{ table: 'tasks', column: 'heading', from: 'title' }], postgres)
  const sql = 'select t.title, o.title as title, tasks.title from tasks t join owners o on true'
  const both = { kind: 'view', dependsOn: ['table tasks', 'table owners'] } as const
  expect(names.text(sql, both)).toBe(
    'select t.heading, o.title as title, tasks.heading from tasks t join owners o on true',
  )
  expect(names.text('(title is null)', { kind: 'policy', table: 'tasks', dependsOn: [] })).toBe(
    '(heading is null)',
  )
  expect(names.hasColumns('select title from owners', { kind: 'view', dependsOn: [] })).toBe(false)
})

test('in the body of a trigger a bare name may be a variable, and stays', () => {
  const names = new NewNames(
    [
      { table: 'notes', from: 'log' },
      { table: 'tasks', column: 'heading', from: 'title' },
    ],
    others,
  )
  const body = 'begin declare log text; set log = new.title; insert into log select title; end'
  const trigger = { kind: 'trigger', table: 'tasks', dependsOn: [] } as const
  expect(names.text(body, trigger)).toBe(
    'begin declare log text; set log = new."heading"; insert into "notes" select title; end',
  )
})

test('strings, bodies and names with quotes in them are one token each', () => {
  const texts = sqlTokens(`a'b''c' $x$ it's $y$ $x$ "d""e" \`f\`\`g\` E'h\\'i' j`)
  expect(texts.map(({ text, name }) => name ?? text)).toEqual([
    'a',
    `'b''c'`,
    `$x$ it's $y$ $x$`,
    'd"e',
    'f`g',
    `E'h\\'i'`,
    'j',
  ])
})

const object = (one: Partial<ObjectSnapshot> & Pick<ObjectSnapshot, 'kind'>, source: string) => ({
  name: 'one',
  create: { source },
  drop: 'drop it',
  dependsOn: [],
  ...one,
})

const snapshot = (
  tables: readonly string[],
  objects: SchemaSnapshot['objects'],
): SchemaSnapshot => ({
  ...emptySnapshot,
  tables: Object.fromEntries(
    tables.map((name) => [
      name,
      { name, columns: [], primaryKey: [], uniques: [], indexes: [], foreignKeys: [], checks: [] },
    ]),
  ),
  objects: objects ?? {},
})

test('a body that says a table that is gone is told, one that says it in a comment is not', () => {
  const of = (body: string) => ({
    'function one': object({ kind: 'function' }, `create function one() as $$ ${body} $$`),
  })
  const told = (body: string): number =>
    staleBodies(snapshot(['tasks'], of(body)), snapshot(['todos'], of(body))).length
  expect([
    told('delete from tasks'),
    told(`execute 'delete from tasks'`),
    told('-- tasks\n select 1'),
    told('delete from tasksets'),
  ]).toEqual([1, 1, 0, 0])
})

test('a view whose text still reads the old name is refused with the new one', () => {
  const view = (source: string, table: string) => ({
    'view one': object({ kind: 'view', dependsOn: [`table ${table}`] }, source),
  })
  const source = snapshot(['tasks'], view('create view one as select 1 from tasks', 'tasks'))
  const plan = (text: string): unknown =>
    planChanges(source, snapshot(['todos'], view(text, 'todos')), {
      ...others,
      renames: [{ table: 'todos', from: 'tasks' }],
    })
  expect(() => plan('create view one as select 1 from tasks')).toThrow(MigrationPlanError)
  expect(() => plan('create view one as select 1 from tasks')).toThrow(
    'view one still reads tasks, which is called todos now',
  )
  expect(() => plan('create view one as select 1 from todos tasks')).not.toThrow()
})
