import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  bigint,
  boolean,
  type EnumType,
  enumType,
  integer,
  MigrationPlanError,
  schema,
  type SchemaModule,
  serial,
  table,
  text,
  timestamptz,
  varchar,
} from '@mizan/db'
import {
  findDrift,
  generateMigration,
  introspectDatabase,
  migrateLatest,
  proveFiles,
  reviewMigration,
  scratchBeside,
} from '@mizan/db/migrate'
import { postgres as server, type PostgresResource } from '@mizan/testing/resources'
import pg from 'pg'
import { expect, test } from 'vitest'
import { type Adopted, adopted } from '../../db/src/migrate-conformance/adopted.conformance.ts'
import { postgres } from './index.ts'
import { noteOfObject } from './object-notes.ts'

interface Place extends Adopted, AsyncDisposable {
  readonly migrations: string
  readonly dialect: ReturnType<typeof postgres>
  query(sql: string): Promise<readonly Record<string, unknown>[]>
}

/** A database of which a schema makes the tables and `objects` the rest; adopted as what is declared. */
async function place(
  made: SchemaModule,
  objects: string,
  declared: SchemaModule = made,
): Promise<Place> {
  const database: PostgresResource = await server()
  const migrations = await mkdtemp(join(tmpdir(), 'mizan-dependents-'))
  const client = new pg.Client(database.url)
  await client.connect()
  const dialect = postgres({ url: database.url })
  const scratch = scratchBeside(dialect)
  const first = await generateMigration({
    migrations,
    name: 'first',
    schema: made,
    dialect,
    scratch,
  })
  const up = await readFile(join(first?.path ?? '', 'up.sql'), 'utf8')
  for (const sql of up.split('-- mizan:statement')) await client.query(sql)
  await client.query(objects)
  await rm(first?.path ?? '', { recursive: true })
  const living = await adopted({ migrations, dialect, schema: declared, scratch })
  return {
    ...living,
    migrations,
    dialect,
    query: async (sql) => (await client.query(sql)).rows as Record<string, unknown>[], // cast: rows are objects
    async [Symbol.asyncDispose]() {
      await client.end()
      await rm(migrations, { recursive: true, force: true })
      await database[Symbol.asyncDispose]()
    },
  }
}

const columns = () => ({
  id: serial().primaryKey(),
  title: varchar(40).notNull(),
  owner: integer(),
  done: boolean().notNull().default(false),
})

const log = table('log', { what: text() })

const everything = `
  create view open_tasks as select id, title from tasks where not done;
  create view few as select * from open_tasks limit 3;
  create materialized view counts as select owner, count(*) from tasks group by owner;
  create unique index counts_owner on counts (owner);
  create rule told as on delete to tasks do also insert into log values (old.title);
  create function touch() returns trigger language plpgsql as $$ begin return new; end $$;
  create trigger touched before update of title on tasks for each row when (old.title <> new.title) execute function touch();
  alter table tasks enable row level security;
  create policy own on tasks for select using (owner = 1 or title = 'free');
  create function titles() returns setof varchar begin atomic select title from tasks; end;
  create function first_of(t tasks) returns integer language sql as $$ select 1 $$;
  comment on view open_tasks is 'what''s to do';
  comment on column open_tasks.title is 'in words';
  comment on trigger touched on tasks is 'a trigger';
  comment on policy own on tasks is 'a policy';
  comment on function titles() is 'all';
  comment on materialized view counts is 'many';
`

test('what stands on a table follows its new name by itself, and its old one', async () => {
  await using here = await place({ tasks: table('tasks', columns()), log }, everything)
  const todos = table('todos', columns())
  const before = await here.query(
    `select oid from pg_class where relname in ('open_tasks', 'counts') order by oid`,
  )
  const { changes } = await here.change({ todos, log }, 'tasks=todos')
  expect(changes).toEqual([
    'rename table tasks to todos',
    'rename primary key tasks_pkey to todos_pkey',
  ])
  await here.thereAndBack()
  expect(
    await here.query(
      `select oid from pg_class where relname in ('open_tasks', 'counts') order by oid`,
    ),
  ).toEqual(before)
})

test('a column that gets another name has it below views too, whose own columns keep theirs', async () => {
  await using here = await place({ tasks: table('tasks', columns()), log }, everything)
  const { title, ...rest } = columns()
  const tasks = table('tasks', { ...rest, heading: varchar(40).notNull() })
  const { changes } = await here.change({ tasks, log }, 'tasks.title=tasks.heading')
  expect(changes).toEqual(['rename column tasks.title to heading'])
  await here.query(`insert into tasks (heading) values ('a')`)
  expect(await here.query('select title from open_tasks')).toEqual([{ title: 'a' }])
  await here.thereAndBack()
  expect(title).toBeDefined()
})

test('a table moves to another schema with what stands on it and with the counter of its own', async () => {
  const audit = schema('audit')
  await using here = await place({ tasks: table('tasks', columns()), log }, everything)
  await here.change({ moved: audit.table('todos', columns()), log }, 'tasks=audit.todos')
  await here.query(`insert into audit.todos (title) values ('a')`)
  expect(await here.query('select title from few')).toEqual([{ title: 'a' }])
  await here.thereAndBack()
  await here.change({ tasks: table('tasks', columns()), log }, 'audit.todos=tasks')
  await here.thereAndBack()
})

test('what does not let the type of a column change steps aside and comes back with its comments, and nothing else does', async () => {
  await using here = await place(
    { tasks: table('tasks', columns()), log },
    `${everything}
    create view owners as select owner from tasks;
    create view titled as select title, o.owner from tasks join owners o using (owner);
    create function told() returns trigger language plpgsql as $$ begin insert into log values (new.title); return new; end $$;
    create trigger told instead of insert on open_tasks for each row execute function told();
    comment on trigger told on open_tasks is 'writes';
    create function of_few(f few) returns varchar language sql as $$ select f.title $$;
    grant select on open_tasks, counts to public; grant update (title) on open_tasks to public;`,
  )
  const { title: _title, ...rest } = columns()
  const tasks = table('tasks', { ...rest, title: text().notNull() })
  const oids = (): Promise<unknown> =>
    here.query(
      `select oid from pg_class where relname in ('owners', 'counts', 'counts_owner') order by oid`,
    )
  const before = await oids()
  await here.query(`insert into tasks (title, owner) values ('a', 1)`)
  const { changes } = await here.change({ tasks, log })
  const dropped = changes.filter((one) => one.startsWith('drop ')).map((one) => one.slice(5))
  const made = changes.filter((one) => one.startsWith('create ')).map((one) => one.slice(7))
  const comments = made.filter((one) => one.startsWith('comment '))
  // With a view its triggers go.
  expect(made.filter((one) => !comments.includes(one)).toSorted()).toEqual(
    [...dropped, 'trigger open_tasks.told'].toSorted(),
  )
  expect(dropped.toSorted()).toEqual([
    'function of_few(f few)',
    'function titles()',
    'policy tasks.own',
    'rule tasks.told',
    'trigger tasks.touched',
    'view few',
    'view open_tasks',
    'view titled',
  ])
  expect(comments).toHaveLength(6)
  expect(await oids()).toEqual(before)
  expect(await here.query('select title from few')).toEqual([{ title: 'a' }])
  await here.query(`insert into open_tasks (title) values ('b')`)
  expect(await here.query('select what from log')).toEqual([{ what: 'b' }])
  await here.thereAndBack()
})

test('a materialized view whose column changes comes back with its indexes and is filled again', async () => {
  await using here = await place({ tasks: table('tasks', columns()), log }, everything)
  await here.query(`insert into tasks (title, owner) values ('a', 1), ('b', 1)`)
  const { owner: _owner, ...rest } = columns()
  const { changes, path } = await here.change({
    tasks: table('tasks', { ...rest, owner: bigint() }),
    log,
  })
  expect(changes).toEqual(
    expect.arrayContaining(['drop materialized view counts', 'create view index counts_owner']),
  )
  expect(changes).not.toContain('drop view index counts_owner')
  expect(await here.query('select count from counts')).toEqual([{ count: '2' }])
  expect(await readFile(join(path, 'up.sql'), 'utf8')).toContain('its query runs anew')
  await here.thereAndBack()
})

test('a column that a view reads cannot go, one that it does not read goes under it', async () => {
  await using here = await place({ tasks: table('tasks', columns()), log }, everything)
  const { title: _title, done: _done, ...rest } = columns()
  const without = table('tasks', { ...rest, done: boolean().notNull().default(false) })
  const refused = here.change({ tasks: without, log })
  await expect(refused).rejects.toBeInstanceOf(MigrationPlanError)
  await expect(refused).rejects.toThrow(/needs column tasks\.title, which the schema no longer has/)
  await expect(here.change({ log })).rejects.toThrow(
    /needs table tasks, which the schema no longer has/,
  )
  await using other = await place(
    { tasks: table('tasks', columns()), log },
    'create view titles as select title from tasks; create view counted as select count(*) from tasks',
  )
  const { changes } = await other.change({
    tasks: table('tasks', { ...rest, title: varchar(40).notNull() }),
    log,
  })
  expect(changes).toEqual(['drop column tasks.done'])
  await other.thereAndBack()
})

test('a view is changed by hand, and the proof takes its new text into the snapshot', async () => {
  await using here = await place({ tasks: table('tasks', columns()), log }, everything)
  const { owner: _owner, ...rest } = columns()
  const tasks = table('tasks', rest)
  const { migrations, dialect } = here
  const scratch = scratchBeside(dialect)
  const made = await generateMigration({
    migrations,
    name: 'by hand',
    schema: { tasks, log },
    dialect,
    empty: true,
    scratch,
  })
  const write = (name: string, sql: string): Promise<void> =>
    writeFile(join(made?.path ?? '', name), sql)
  const old = await here.query(
    `select pg_get_viewdef('counts') as view, pg_get_expr(polqual, polrelid) as own from pg_policy`,
  )
  await write(
    'up.sql',
    `drop materialized view counts;
-- mizan:statement
drop policy own on tasks;
-- mizan:statement
alter table tasks drop column owner;
-- mizan:statement
create view done_tasks as select id from tasks where done`,
  )
  await write(
    'down.sql',
    `drop view done_tasks;
-- mizan:statement
alter table tasks add column owner integer;
-- mizan:statement
create materialized view counts as ${String(old[0]?.['view']).replace(/;$/, '')};
-- mizan:statement
create unique index counts_owner on counts (owner);
-- mizan:statement
comment on materialized view counts is 'many';
-- mizan:statement
create policy own on tasks for select using (${String(old[0]?.['own'])});
-- mizan:statement
comment on policy own on tasks is 'a policy'`,
  )
  await proveFiles({ migrations, dialect, scratch, id: made?.id ?? '' })
  await migrateLatest({ migrations, dialect })
  expect(await findDrift({ migrations, dialect })).toEqual([])
  await here.thereAndBack()
  const again = await generateMigration({
    migrations,
    name: 'nothing',
    schema: { tasks, log },
    dialect,
    scratch,
  })
  expect(again).toBeUndefined()
})

test('an enum that loses a value is made anew under functions, views and policies of it', async () => {
  const of = (mood: EnumType) => ({
    mood,
    notes: table('notes', { id: serial().primaryKey(), mood: mood().notNull().default('calm') }),
  })
  await using here = await place(
    of(enumType('mood', ['calm', 'loud', 'gone'])),
    `create function is_loud(m mood) returns boolean language sql immutable as $$ select m::text = 'loud' $$;
     create view loud_notes as select id, mood from notes where mood = 'loud' and is_loud(mood);
     create view others as select 'calm'::mood as mood;
     create policy loud on notes using (mood <> 'calm');
     comment on type mood is 'how it is'; comment on function is_loud(mood) is 'loud?'`,
  )
  const { changes } = await here.change(of(enumType('mood', ['loud', 'calm'])))
  expect(changes.filter((one) => one.startsWith('create ')).toSorted()).toEqual([
    'create comment on function is_loud(m mood)',
    'create comment on type mood',
    'create function is_loud(m mood)',
    'create policy notes.loud',
    'create view loud_notes',
    'create view others',
  ])
  await here.thereAndBack()
  await here.change(of(enumType('mood', ['loud', 'calm', 'new'])))
  await here.thereAndBack()
})

test('a primary key that a view is grouped by changes below it', async () => {
  await using here = await place(
    { tasks: table('tasks', columns()) },
    'create view grouped as select id, title from tasks group by id',
  )
  const refused = here.change({ tasks: table('tasks', { ...columns(), id: serial() }) })
  // Without a key the view says nothing that PostgreSQL could read.
  await expect(refused).rejects.toThrow(/title/)
})

test('a function whose body says an old name is told, for its text is not renamed', async () => {
  await using here = await place(
    { tasks: table('tasks', columns()), log },
    `create function archive() returns void language plpgsql as $$ begin delete from tasks where done; end $$;
     create function stamp() returns trigger language plpgsql as $$ begin new.title := upper(new.title); return new; end $$;
     create trigger stamped before insert on tasks for each row execute function stamp();
     create function quiet() returns integer language sql as $$ select 1 -- of tasks
     $$;
     create function kept() returns bigint begin atomic select count(*) from tasks; end;`,
  )
  const { title: _title, ...rest } = columns()
  const { warnings, path, id } = await here.change(
    { todos: table('todos', { ...rest, heading: varchar(40).notNull() }), log },
    'tasks=todos',
    'todos.title=todos.heading',
  )
  expect(warnings).toEqual([
    'function archive() says tasks, which is called todos now; its body is text that nothing renames',
    'function stamp() says tasks.title, which is called heading now; its body is text that nothing renames',
  ])
  expect(await readFile(join(path, 'up.sql'), 'utf8')).toContain(
    '-- look at: function archive() says tasks',
  )
  expect(await reviewMigration(here.migrations, id)).toEqual({ warnings })
})

test('a table that is split keeps its parts under other names, and a counter by hand goes where its table goes', async () => {
  const given = (at: string) => ({
    [at]: timestamptz().notNull(),
    id: integer().notNull().defaultExpression(`nextval('events_id_seq'::regclass)`),
    kind: varchar(20),
  })
  await using here = await place(
    {
      events: table('events', {
        at: timestamptz().notNull(),
        id: integer().notNull(),
        kind: varchar(20),
      }),
    },
    `drop table events; create table events (at timestamptz(3) not null, id serial, kind varchar(20)) partition by range (at);
     create table events_2026 partition of events for values from ('2026-01-01') to ('2027-01-01');
     create function touch() returns trigger language plpgsql as $$ begin return new; end $$;
     create trigger touched before insert on events_2026 for each row execute function touch();
     create view latest as select at, kind from events_2026; comment on table events_2026 is 'this year'`,
    { events: table('events', given('at')) },
  )
  expect(Object.keys((await introspectDatabase(here.dialect)).objects ?? {})).toContain(
    'trigger events_2026.touched',
  )
  await here.change(
    { visits: table('visits', given('since')) },
    'events=visits',
    'visits.at=visits.since',
  )
  await here.query(`insert into visits (since, kind) values ('2026-05-05', 'a')`)
  expect(await here.query('select kind from latest')).toEqual([{ kind: 'a' }])
  await here.thereAndBack()
})

test('a counter goes with its table into another schema, and away with it', async () => {
  const of = (sequence: string) => ({
    id: integer().notNull().defaultExpression(`nextval('${sequence}'::regclass)`),
  })
  await using here = await place(
    { things: table('things', { id: integer().notNull() }), log },
    'drop table things; create table things (id serial)',
    { things: table('things', of('things_id_seq')), log },
  )
  await here.query('insert into things default values')
  await here.change(
    { things: schema('audit').table('things', of('audit.things_id_seq')), log },
    'things=audit.things',
  )
  await here.query('insert into audit.things default values')
  expect(await here.query('select id from audit.things order by id')).toEqual([
    { id: 1 },
    { id: 2 },
  ])
  await here.thereAndBack()
  await here.change({ log })
  await here.thereAndBack()
})

test('what is told of locks is what PostgreSQL takes', async () => {
  await using here = await place({ tasks: table('tasks', columns()), log }, everything)
  const { objects = {} } = await introspectDatabase(here.dialect)
  const kinds = {
    'view few': 'few',
    'view index counts_owner': 'counts',
    'materialized view counts': 'counts',
    'trigger tasks.touched': 'tasks',
    'policy tasks.own': 'tasks',
    'rule tasks.told': 'tasks',
  }
  const modes = async (relation: string): Promise<string> => {
    const [row] = await here.query(
      `select mode from pg_locks where pid = pg_backend_pid() and relation = '${relation}'::regclass order by array_position(
        array['AccessShareLock', 'RowShareLock', 'ShareLock', 'ShareRowExclusiveLock', 'AccessExclusiveLock'], mode) desc limit 1`,
    )
    return String(row?.['mode'])
      .replace(/Lock$/, '')
      .replace(/(?<=.)(?=[A-Z])/g, ' ')
      .toUpperCase()
  }
  for (const [key, relation] of Object.entries(kinds)) {
    const object = objects[key]
    if (object === undefined) throw new TypeError(`there is no ${key}`)
    const locks: Record<string, string> = {}
    await here.query('begin')
    const [row] = await here.query(`select '${relation}'::regclass::oid::integer as oid`)
    await here.query(object.drop)
    locks['dropObject'] = await modes(String(row?.['oid']))
    await here.query('rollback')
    // Made beside what is there: in another transaction its own drop would be locked already.
    await here.query(object.drop)
    await here.query('begin')
    await here.query(object.create.source)
    locks['createObject'] = await modes(
      object.kind.includes('view') && object.kind !== 'view index'
        ? relation === 'few'
          ? 'open_tasks'
          : 'tasks'
        : relation,
    )
    await here.query('commit')
    if (key === 'materialized view counts')
      await here.query(objects['view index counts_owner']?.create.source ?? '')
    for (const kind of ['dropObject', 'createObject'] as const) {
      const told = noteOfObject({ kind, object }, [])
      expect([key, kind, told?.startsWith(locks[kind] ?? 'none')]).toEqual([key, kind, true])
    }
  }
})
