import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  boolean,
  integer,
  MigrationPlanError,
  type SchemaModule,
  serial,
  table,
  varchar,
} from '@mizan/db'
import { onConnection, scratchBeside } from '@mizan/db/migrate'
import { mariadb, type MariadbResource } from '@mizan/testing/resources'
import { afterAll, expect, test } from 'vitest'
import { type Adopted, adopted } from '../../db/src/migrate-conformance/adopted.conformance.ts'
import { mysql } from './index.ts'

let shared: Promise<MariadbResource> | undefined
let databases = 0

afterAll(async () => {
  await (await shared)?.[Symbol.asyncDispose]()
})

interface Place extends Adopted, AsyncDisposable {
  query(sql: string): Promise<readonly Record<string, unknown>[]>
}

/** A database that lives, adopted as what is declared. */
async function place(declared: SchemaModule, statements: readonly string[]): Promise<Place> {
  shared ??= mariadb()
  const { url } = await shared
  const name = `dependents_${process.pid}_${++databases}`
  const root = mysql({ url })
  await onConnection(root, ({ run }) =>
    run(`create database ${name} character set utf8mb4 collate utf8mb4_bin`),
  )
  const own = new URL(url)
  own.pathname = `/${name}`
  const dialect = mysql({ url: own.href })
  const scratch = scratchBeside(root)
  const migrations = await mkdtemp(join(tmpdir(), 'mizan-dependents-'))
  await onConnection(dialect, async ({ run }) => {
    for (const statement of statements) await run(statement)
  })
  const living = await adopted({ migrations, dialect, schema: declared, scratch })
  return {
    ...living,
    query: (sql) => onConnection(dialect, ({ run }) => run(sql)),
    async [Symbol.asyncDispose]() {
      await rm(migrations, { recursive: true })
      await onConnection(root, ({ run }) => run(`drop database ${name}`))
    },
  }
}

const log = table('log', { entry: varchar(40) })
const columns = () => ({
  id: serial().primaryKey(),
  title: varchar(40),
  size: integer(),
  done: boolean().notNull().default(false),
})
const made = [
  `create table tasks (id integer auto_increment primary key, title varchar(40), size integer, done boolean not null default false) engine = innodb`,
  'create table log (entry varchar(40)) engine = innodb',
  `create sql security invoker view titles as select t.title, size as tasks, l.entry from tasks t left join log l on l.entry = t.title where not done`,
  'create view a_few as select title from titles limit 3',
  `create view checked as select id, title from tasks where size > 3 with cascaded check option`,
  `create trigger told after insert on tasks for each row insert into log values (new.title)`,
  `create trigger measured before update on tasks for each row set new.size = char_length(new.title)`,
]

test('views, which say tables by name, are made again with the new ones, and with the old ones on the way back', async () => {
  await using here = await place({ tasks: table('tasks', columns()), log }, made)
  const { title: _title, ...rest } = columns()
  const todos = table('todos', { ...rest, heading: varchar(40) })
  const { changes, warnings } = await here.change(
    { todos, log },
    'tasks=todos',
    'todos.title=todos.heading',
  )
  expect(changes.filter((one) => one.startsWith('create ')).toSorted()).toEqual([
    'create trigger todos.measured',
    'create trigger todos.told',
    'create view a_few',
    'create view checked',
    'create view titles',
  ])
  expect(warnings).toEqual([])
  await here.query(`insert into todos (heading) values ('a')`)
  await here.query(`update todos set heading = 'abc'`)
  expect(await here.query('select title, tasks from titles')).toEqual([{ title: 'abc', tasks: 3 }])
  await here.thereAndBack()
})

test('a trigger goes with its table; nothing is made again where no text says what changed', async () => {
  await using here = await place({ tasks: table('tasks', columns()), log }, made)
  const other = await here.change({
    tasks: table('tasks', { ...columns(), title: varchar(80) }),
    log,
  })
  expect(other.changes).toEqual(['alter column tasks.title'])
  const { changes } = await here.change(
    {
      tasks: table('tasks', { ...columns(), title: varchar(80) }),
      notes: table('notes', { entry: varchar(40) }),
    },
    'log=notes',
  )
  expect(changes).toEqual([
    'drop trigger tasks.told',
    'drop view a_few',
    'drop view titles',
    'rename table log to notes',
    'create view titles',
    'create view a_few',
    'create trigger tasks.told',
  ])
  await here.thereAndBack()
})

test('a trigger whose body may say an old name is told, where that is not certain', async () => {
  await using here = await place({ tasks: table('tasks', columns()), log }, [
    ...made,
    'create trigger seen after insert on log for each row set @seen = (select max(title) from tasks)',
  ])
  const { title: _title, ...rest } = columns()
  const { warnings } = await here.change(
    { tasks: table('tasks', { ...rest, heading: varchar(40) }), log },
    'tasks.title=tasks.heading',
  )
  expect(warnings).toEqual([
    'trigger log.seen says tasks.title, which is called heading now; its body is text that nothing renames',
  ])
})

test('what a view reads cannot go', async () => {
  await using here = await place({ tasks: table('tasks', columns()), log }, made)
  const { size: _size, ...rest } = columns()
  const refused = here.change({ tasks: table('tasks', rest), log })
  await expect(refused).rejects.toBeInstanceOf(MigrationPlanError)
  await expect(refused).rejects.toThrow(/needs column tasks\.size, which the schema no longer has/)
  await expect(here.change({ tasks: table('tasks', columns()) })).rejects.toThrow(
    /view titles needs table log, which the schema no longer has/,
  )
})
