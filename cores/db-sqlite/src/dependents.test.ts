import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  integer,
  MigrationPlanError,
  MigrationProofError,
  type SchemaModule,
  serial,
  table,
  text,
} from '@mizan/db'
import { onConnection } from '@mizan/db/migrate'
import { expect, test } from 'vitest'
import { type Adopted, adopted } from '../../db/src/migrate-conformance/adopted.conformance.ts'
import { sqlite } from './index.ts'

interface Place extends Adopted, AsyncDisposable {
  query(sql: string): Promise<readonly Record<string, unknown>[]>
}

/** A database that lives, adopted as what is declared. */
async function place(declared: SchemaModule, statements: readonly string[]): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'mizan-dependents-'))
  const dialect = sqlite({ url: join(folder, 'data.sqlite') })
  const migrations = join(folder, 'migrations')
  await onConnection(dialect, async ({ run }) => {
    for (const statement of statements) await run(statement)
  })
  const living = await adopted({ migrations, dialect, schema: declared })
  return {
    ...living,
    query: (sql) => onConnection(dialect, ({ run }) => run(sql)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

const log = table('log', { entry: text() })
const columns = () => ({ id: serial().primaryKey(), title: text(), size: integer() })
const made = [
  'create table tasks (id integer primary key autoincrement, title text, size integer)',
  'create table log (entry text)',
  `create view titles as select t.title, size from tasks t where title <> 'tasks'`,
  'create view few as select size from titles limit 3',
  `create trigger told after insert on tasks begin insert into log values (new.title); end`,
  `create trigger logged after insert on log begin update tasks set size = size + 1 where title = new.entry; end`,
  `create trigger through instead of insert on titles begin insert into tasks (size) values (new.size); end`,
]

test('views and triggers follow the names of a table and its columns, and get their old texts back', async () => {
  await using here = await place({ tasks: table('tasks', columns()), log }, made)
  const { title: _title, ...rest } = columns()
  const todos = table('todos', { ...rest, heading: text() })
  const { changes } = await here.change({ todos, log }, 'tasks=todos', 'todos.title=todos.heading')
  expect(changes.filter((one) => !one.startsWith('rename '))).toEqual([])
  await here.query(`insert into todos (heading, size) values ('a', 1)`)
  expect(await here.query('select * from log')).toEqual([{ entry: 'a' }])
  expect(await here.query('select size from titles')).toEqual([{ size: 2 }])
  await here.thereAndBack()
  await here.query('insert into titles (size) values (7)')
  expect(await here.query('select max(size) as size from todos')).toEqual([{ size: 7 }])
})

test('a column that triggers and views do not say goes under them, a table that they say is built anew under them', async () => {
  await using here = await place(
    { tasks: table('tasks', { ...columns(), extra: integer() }), log },
    [
      ...made.map((sql) => sql.replace('size integer)', 'size integer, extra integer)')),
      `create view extras as select id, size as extra from tasks`,
    ],
  )
  const { changes } = await here.change({ tasks: table('tasks', columns()), log })
  expect(changes).toEqual(['drop view extras', 'drop column tasks.extra', 'create view extras'])
  await here.thereAndBack()
  const strict = table('tasks', { ...columns(), title: text().notNull().default('') })
  expect((await here.change({ tasks: strict, log })).changes).toEqual(['rebuild table tasks'])
  await here.query(`insert into tasks (title, size) values ('a', 1)`)
  expect(await here.query('select * from few')).toEqual([{ size: 2 }])
  expect(await here.query('select * from log')).toEqual([{ entry: 'a' }])
  await here.thereAndBack()
})

test('what would no longer work is refused with its reason, though SQLite would keep it', async () => {
  await using here = await place({ tasks: table('tasks', columns()), log }, made)
  const { size: _size, ...rest } = columns()
  const refused = here.change({
    tasks: table('tasks', { ...rest, title: text().notNull().default('') }),
    log,
  })
  await expect(refused).rejects.toBeInstanceOf(MigrationProofError)
  await expect(refused).rejects.toThrow(
    /leaves (trigger log\.logged|view few|view titles) in a state .*no such column: size/,
  )
  await expect(here.change({ tasks: table('tasks', columns()) })).rejects.toThrow(
    /trigger tasks\.told needs table log, which the schema no longer has/,
  )
})

test('a column that a view reads through another view keeps its name, unless somebody writes that by hand', async () => {
  await using here = await place({ tasks: table('tasks', columns()), log }, [
    ...made,
    'create view deep as select title from titles',
  ])
  const { title: _title, ...rest } = columns()
  const renamed = { tasks: table('tasks', { ...rest, heading: text() }), log }
  const refused = here.change(renamed, 'tasks.title=tasks.heading')
  await expect(refused).rejects.toBeInstanceOf(MigrationPlanError)
  await expect(refused).rejects.toThrow(
    /error in view deep after rename: no such column: title\. Take/,
  )
  await here.change({ todos: table('todos', columns()), log }, 'tasks=todos')
  await here.thereAndBack()
})
