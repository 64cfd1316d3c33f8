import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  type AnyTable,
  type Constraint,
  describeDifference,
  emptySnapshot,
  grant,
  integer,
  MissingRoleError,
  planChanges,
  planStatements,
  serial,
  table,
  text,
  varchar,
  was,
} from '@mizan/db'
import {
  adoptDatabase,
  findDrift,
  generateMigration,
  introspectDatabase,
  migrateDown,
  migrateLatest,
  onConnection,
  proveFiles,
  reconcile,
  scratchBeside,
  toSource,
  withSchemas,
} from '@mizan/db/migrate'
import { postgres as server, type PostgresResource } from '@mizan/testing/resources'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { provePair } from '../../db/src/schema-pairs/prove-pair.conformance.ts'
import { postgres } from './index.ts'

const reader = `it's "quoted" %s $mizan$`
const quoted = `"${reader.replaceAll('"', '""')}"`

/** Rights on everything that may have some. */
const lived = `
create role ${quoted}; create role app; create role other;
create type mood as enum ('calm', 'loud');
create type place as (street text);
create domain positive as integer check (value > 0);
create sequence numbers;
create table tasks (id serial primary key, "Full title" text, size positive, feeling mood, at place);
create table counted (id integer generated always as identity primary key, note text);
create table events (at date not null) partition by range (at);
create table events_all partition of events default;
create view titles as select id, "Full title" as title from tasks;
create materialized view sizes as select size from tasks;
create function secret(integer) returns integer language sql as 'select $1';
create function secret(text, integer) returns integer language sql as 'select $2';
create procedure clean() language sql as 'delete from tasks';
create schema audit;
create table audit.entries (id integer);
grant select, insert on tasks to app;
grant update on tasks to app with grant option;
grant select on tasks to public;
grant select (id, "Full title"), update ("Full title") on tasks to ${quoted};
grant update (size) on tasks to other with grant option;
grant usage, select on sequence tasks_id_seq to app;
grant usage on sequence counted_id_seq to ${quoted};
grant usage on sequence numbers to public;
grant select on events, events_all, titles, sizes, audit.entries to app;
grant select (title) on titles to ${quoted};
revoke execute on function secret(text, integer) from public;
grant execute on function secret(text, integer) to app, ${quoted};
revoke execute on procedure clean() from public;
revoke usage on type mood, place, positive from public;
grant usage on type mood to app;
grant usage on schema audit to ${quoted};
grant create on schema audit to app with grant option;
grant usage, create on schema public to ${quoted};
revoke usage on schema public from public;
`

let resource: PostgresResource
let client: pg.Client
let migrations: string
beforeEach(async () => {
  // Roles are the server's, so it is one of our own.
  resource = await server({ settings: {} })
  client = new pg.Client(resource.url)
  await client.connect()
  migrations = await mkdtemp(join(tmpdir(), 'mizan-grants-'))
})
afterEach(async () => {
  await client.end()
  await rm(migrations, { recursive: true })
  await resource[Symbol.asyncDispose]()
})

const dialect = () => postgres({ url: resource.url })

/** What the module at `name` exports. */
async function load(folder: string, name: string, text: string): Promise<object> {
  await writeFile(join(folder, name), text)
  return (await import(pathToFileURL(join(folder, name)).href)) as object // cast: a module namespace
}

/** Who may do what with the relations of a name, as the server writes it. */
async function rightsOn(name: string): Promise<string> {
  const { rows } = await client.query<{ rights: string }>(
    'select relacl::text as rights from pg_class where relname = $1',
    [name],
  )
  return rows[0]?.rights ?? ''
}

test('an adopted database keeps its rights: there is no drift, nothing to do, and a replay gives them again', async () => {
  await client.query(lived)
  const here = withSchemas(dialect(), ['audit'])
  const options = { migrations, dialect: here, scratch: scratchBeside(dialect()) }
  const source = toSource(await onConnection(here, ({ run }) => here.migrations.introspect(run)))
  expect(source.text).toContain(`grant('insert', 'select').to('app')`)
  expect(source.text).toContain(`grant('update').to('app', { grantable: true })`)
  expect(source.text).toContain(`grant('select').on(t.id).to('it\\'s "quoted" %s $mizan$')`)
  expect(source.text).toContain(
    `grant('select', 'update').on(t.fullTitle).to('it\\'s "quoted" %s $mizan$')`,
  )
  expect(source.text).toContain(`grant('select').to('public')`)
  expect(source.opaque).toEqual(
    expect.arrayContaining([
      'grant on function secret(text, integer) to app',
      'revoke on function clean() from public',
      'grant on schema audit to app',
      'revoke on the schema that is searched first from public',
      'grant on partition events_all to app',
      `grant on counter counted.id to ${JSON.stringify(reader)}`,
    ]),
  )
  const folder = await mkdtemp(resolve(import.meta.dirname, '../.grants-'))
  try {
    const schema = await load(folder, 'schema.ts', source.text)
    expect((await adoptDatabase({ ...options, schema })).drift).toEqual([])
    expect(await findDrift(options)).toEqual([])
    expect(await generateMigration({ ...options, name: 'nothing', schema })).toBeUndefined()
    // Somebody else owns it all elsewhere: `app` is the owner, who needs no rights.
    await client.query('alter table tasks owner to app; alter table events owner to app')
    expect(await findDrift(options)).toEqual([])
  } finally {
    await rm(folder, { recursive: true })
  }
})

/** The statements of a script. */
function statementsOf(script: string): readonly string[] {
  return script
    .split('\n')
    .filter((line) => !line.startsWith('--'))
    .map((line) => line.replace(/;$/, ''))
}

/** The tables of the tests below, with rights and without. */
function tasksWith(constraints: (t: Columns) => Readonly<Record<string, Constraint>>) {
  return table('tasks', columns, constraints)
}
const columns = { id: serial().primaryKey(), title: text(), size: integer() }
type Columns = Parameters<NonNullable<Parameters<typeof table<'tasks', typeof columns>>[2]>>[0]

test('rights that are declared are given and taken, and given back by the way back', async () => {
  await client.query(`create role app; create role ${quoted}`)
  const options = { migrations, dialect: dialect(), scratch: scratchBeside(dialect()) }
  const step = async (name: string, tasks: AnyTable): Promise<string> => {
    const made = await generateMigration({ ...options, name, schema: { tasks } })
    await migrateLatest(options)
    expect(await findDrift(options)).toEqual([])
    const up = await readFile(join(made?.path ?? '', 'up.sql'), 'utf8')
    return statementsOf(up)
      .filter((sql) => /^(grant|revoke)/.test(sql))
      .join('\n')
  }
  const first = tasksWith((t) => ({
    all: grant('select', 'insert').to('app'),
    some: grant('update').on(t.title, t.size).to('app'),
    theirs: grant('select').on(t.title).to(reader, { grantable: true }),
  }))
  expect(await step('first', first)).toBe(
    [
      `grant update ("size") on table "tasks" to "app"`,
      `grant select ("title") on table "tasks" to ${quoted} with grant option`,
      `grant update ("title") on table "tasks" to "app"`,
      `grant insert, select on table "tasks" to "app"`,
    ].join('\n'),
  )
  // What is taken of the table is taken of its columns, so theirs are given again.
  const second = tasksWith((t) => ({
    all: grant('select').to('app'),
    some: grant('insert').on(t.title).to('app'),
    theirs: grant('select').on(t.title).to(reader),
  }))
  expect(await step('second', second)).toBe(
    [
      `revoke update ("size") on table "tasks" from "app"`,
      `revoke select ("title") on table "tasks" from ${quoted}`,
      `revoke update ("title") on table "tasks" from "app"`,
      `revoke insert on table "tasks" from "app"`,
      `grant select ("title") on table "tasks" to ${quoted}`,
      `grant insert ("title") on table "tasks" to "app"`,
    ].join('\n'),
  )
  const [user] = (await client.query<{ name: string }>('select current_user as name')).rows
  expect(await rightsOn('tasks')).toMatch(new RegExp(`,app=r/${user?.name ?? ''}\\}$`))
  // Rights go with the names.
  const renamed = table(
    'jobs',
    { id: serial().primaryKey(), heading: text().was('title'), size: integer() },
    (t) => ({
      before: was('tasks'),
      all: grant('select').to('app'),
      some: grant('insert').on(t.heading).to('app'),
      theirs: grant('select').on(t.heading).to(reader),
    }),
  )
  expect(await step('third', renamed)).toBe('')
  expect(await rightsOn('jobs')).toMatch(/,app=r\//)
  expect(
    await step(
      'fourth',
      table('jobs', { id: serial().primaryKey(), size: integer() }, () => ({})),
    ),
  ).toBe(`revoke select on table "jobs" from "app"`)
  for (let count = 0; count < 4; count += 1) {
    await migrateDown(options)
    expect(await findDrift(options)).toEqual([])
  }
})

test('roles that a scratch server does not have are there for as long as proofs need them', async () => {
  await using scratchServer = await server({ settings: {} })
  const far = postgres({ url: scratchServer.url })
  await client.query(`create role app; create role ${quoted}`)
  const roles = (): Promise<readonly unknown[]> =>
    onConnection(far, ({ run }) =>
      run(`select rolname from pg_roles where rolname !~ '^pg_' and not rolsuper order by 1`),
    )
  await onConnection(far, ({ run }) => run('create role app nologin'))
  const tasks = tasksWith((t) => ({
    one: grant('select').to('app'),
    two: grant('update').on(t.size).to(reader),
  }))
  const folders = [migrations, `${migrations}-two`, `${migrations}-three`]
  const scratch = async () => {
    const place = await scratchBeside(far)()
    return place
  }
  try {
    const proofs = await Promise.all(
      folders.map((folder) =>
        generateMigration({
          migrations: folder,
          name: 'tasks',
          schema: { tasks },
          dialect: dialect(),
          scratch,
        }),
      ),
    )
    expect(proofs.map((one) => one?.proof?.engine.name)).toEqual(folders.map(() => 'postgres'))
    // One that was there before is nobody's to drop.
    expect(await roles()).toEqual([{ rolname: 'app' }])
    await migrateLatest({ migrations, dialect: dialect() })
    expect(await findDrift({ migrations, dialect: dialect() })).toEqual([])
  } finally {
    for (const folder of folders.slice(1)) await rm(folder, { recursive: true, force: true })
  }
})

test('a login that may make no roles is told so, and nothing is written', async () => {
  await client.query('create role limited login createdb')
  const url = new URL(resource.url)
  url.username = 'limited'
  const tasks = tasksWith(() => ({ one: grant('select').to('app') }))
  const generated = generateMigration({
    migrations,
    name: 'tasks',
    schema: { tasks },
    dialect: dialect(),
    scratch: scratchBeside(postgres({ url: url.href })),
  })
  await expect(generated).rejects.toThrow(
    'the scratch server has no role "app", and this login may not make it, so rights cannot be tried there. ' +
      'Let it make roles (alter role … createrole), or run there: create role "app" nologin',
  )
  expect(await readdir(migrations)).toEqual([])
})

test('a role that the server does not have is missed before anything runs', async () => {
  const tasks = tasksWith((t) => ({
    one: grant('select').to('app'),
    two: grant('select').on(t.size).to(reader),
    three: grant('select').to('public'),
  }))
  const others = { others: table('others', { id: integer() }) }
  const options = { migrations, dialect: dialect(), scratch: scratchBeside(dialect()) }
  await generateMigration({ ...options, name: 'others', schema: others })
  await generateMigration({ ...options, name: 'tasks', schema: { ...others, tasks } })
  const refused: unknown = await migrateLatest(options).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(MissingRoleError)
  expect(refused).toMatchObject({ code: 'missing_role', roles: ['app', reader].toSorted() })
  expect((refused as MissingRoleError).message).toMatch(
    /_tasks is about rights of roles "app", ".*", which this server does not have\. Make them first, .*: create role "app" nologin; create role ".*" nologin\. Nothing was changed$/,
  )
  expect((await client.query(`select to_regclass('others') as others`)).rows).toEqual([
    { others: null },
  ])
  await client.query(`create role app; create role ${quoted}`)
  await migrateLatest(options)
  expect(await findDrift(options)).toEqual([])
  // On the way back, too.
  await client.query(`revoke all on tasks from app; drop role app`)
  await migrateDown(options)
  expect(await rightsOn('tasks')).toBe('')
})

test('what is made anew has the rights that it had', async () => {
  await client.query(lived)
  const releases = [
    // Below views, whose rights are not the table's.
    `drop view titles; drop materialized view sizes; alter table tasks alter column size type integer;
     create view titles as select id, "Full title" as title from tasks; create materialized view sizes as select size from tasks;
     grant select on titles, sizes to app; grant select (title) on titles to ${quoted}`,
    `drop function secret(text, integer); create function secret(text, integer) returns bigint language sql as 'select $2::bigint';
     revoke execute on function secret(text, integer) from public;
     grant execute on function secret(text, integer) to app, ${quoted}`,
    `alter table tasks alter column feeling type text; drop type mood; create type mood as enum ('loud');
     alter table tasks alter column feeling type mood using feeling::mood;
     revoke usage on type mood from public; grant usage on type mood to app`,
    `alter table tasks add column twice integer generated always as (size * 2) stored; grant select (twice) on tasks to other`,
    `alter table tasks drop column twice, add column twice integer generated always as (size * 3) stored; grant select (twice) on tasks to other`,
    `alter table counted alter column id drop identity; alter table counted alter column id add generated by default as identity;
     grant usage on sequence counted_id_seq to ${quoted}`,
    `drop table counted; alter table tasks drop column "Full title" cascade`,
    `revoke all on all tables in schema public from app, other, ${quoted}, public; grant usage on schema public to public`,
  ]
  const here = dialect()
  const read = () => introspectDatabase(withSchemas(here, ['audit']))
  const scratch = scratchBeside(here)
  let source = await read()
  for (const [place, release] of releases.entries()) {
    await client.query(release)
    const target = await read()
    const proof = await provePair({ source, target, renames: [], scratch })
    expect([place, proof.hash]).toEqual([place, 'second'])
    source = target
  }
})

test('a function that not everybody may call is never one that everybody may call', async () => {
  await client.query(lived)
  const target = await introspectDatabase(dialect())
  const steps = planStatements(planChanges(emptySnapshot, target, dialect().ddl), dialect().ddl)
  const made = steps.findIndex(({ sql }) =>
    /^create or replace function .*secret.*text/is.test(sql),
  )
  expect(steps[made]?.kind).toBe('tx')
  const next = steps.slice(made + 1, made + 4).map(({ sql, kind }) => [kind, sql])
  expect(next).toContainEqual([
    'tx',
    expect.stringMatching(/^revoke execute on routine "secret"\(.*text, .*integer\) from public$/),
  ])
})

test('default privileges are the affair of a server: what they give is no drift', async () => {
  await client.query(
    `create role app; create role other;
     alter default privileges grant select, insert on tables to app;
     alter default privileges in schema public grant usage on sequences to other;
     alter default privileges revoke execute on functions from public`,
  )
  const options = { migrations, dialect: dialect(), scratch: scratchBeside(dialect()) }
  const tasks = tasksWith(() => ({ one: grant('insert', 'update').to('app') }))
  const plain = { plain: table('plain', { id: serial().primaryKey() }) }
  await generateMigration({ ...options, name: 'tasks', schema: { tasks, ...plain } })
  await migrateLatest(options)
  expect(await rightsOn('tasks')).toMatch(/app=arw\//)
  expect(await rightsOn('plain')).toMatch(/app=ar\//)
  expect(await findDrift(options)).toEqual([])
  await client.query('grant delete on plain to app; revoke update on tasks from app')
  expect((await findDrift(options)).map(describeDifference)).toEqual([
    'grant on table plain to app: there is one that nobody declared (delete)',
    'grant on table tasks to app: expected insert, update, found insert',
  ])
})

test('a right that somebody gave by hand is adopted, or taken back', async () => {
  await client.query('create role app')
  const options = { migrations, dialect: dialect(), scratch: scratchBeside(dialect()) }
  const schema = { tasks: tasksWith(() => ({ one: grant('select').to('app') })) }
  await generateMigration({ ...options, name: 'tasks', schema })
  await migrateLatest(options)
  await client.query('grant delete on tasks to app; grant usage on sequence tasks_id_seq to app')
  const { reverted } = await reconcile({ ...options, schema, mode: 'revert' })
  expect(reverted?.filter((sql) => sql.startsWith('revoke'))).toEqual([
    expect.stringMatching(/^revoke delete on table "tasks" from "app"$/),
  ])
  expect(await findDrift(options)).toEqual([])
  await client.query('grant delete on tasks to app')
  const { adopted, pending } = await reconcile({ ...options, schema, mode: 'adopt' })
  expect(adopted).toMatch(/adopt_what_the_database_has$/)
  expect(pending).toEqual([])
  expect(await findDrift(options)).toEqual([])
  await migrateDown(options)
  expect(await rightsOn('tasks')).toMatch(/app=r\//)
})

test('rights that a migration by hand gives on a view become part of its snapshot, to roles that only it knows', async () => {
  await using scratchServer = await server({ settings: {} })
  const far = postgres({ url: scratchServer.url })
  const options = { migrations, dialect: dialect(), scratch: scratchBeside(far) }
  const schema = { tasks: tasksWith(() => ({ one: grant('select').to('app') })) }
  await generateMigration({ ...options, name: 'tasks', schema })
  const made = await generateMigration({ ...options, name: 'by hand', schema, empty: true })
  const script = (...statements: string[]): string =>
    `-- mizan:step tx\n${statements.join(';\n\n-- mizan:statement\n')};\n`
  await writeFile(
    join(made?.path ?? '', 'up.sql'),
    script(
      'create view titles as select title from tasks',
      `grant select on titles to app, ${quoted}`,
      'create policy theirs on tasks for select to Auditor using (true)',
    ),
  )
  await writeFile(
    join(made?.path ?? '', 'down.sql'),
    script('drop policy theirs on tasks', 'drop view titles'),
  )
  await proveFiles({ ...options, id: made?.id ?? '' })
  const snapshot = JSON.parse(await readFile(join(made?.path ?? '', 'snapshot.json'), 'utf8')) as {
    readonly grants: object
  } // cast: a snapshot with rights
  expect(Object.keys(snapshot.grants)).toEqual([
    'grant on table tasks to app',
    `grant on view titles to ${JSON.stringify(reader)}`,
    'grant on view titles to app',
  ])
  const roles = `select rolname from pg_roles where rolname !~ '^pg_' and not rolsuper`
  expect(await onConnection(far, ({ run }) => run(roles))).toEqual([])
  const refused: unknown = await migrateLatest(options).catch((error: unknown) => error)
  expect(refused).toMatchObject({ code: 'missing_role', roles: ['app'] })
  await client.query('create role app')
  await expect(migrateLatest(options)).rejects.toMatchObject({
    roles: ['auditor', reader].toSorted(),
  })
  await client.query(`create role auditor; create role ${quoted}`)
  await migrateLatest(options)
  expect(await findDrift(options)).toEqual([])
  // The view goes and comes back when a column below it changes.
  const changed = table('tasks', { ...columns, title: varchar(40) }, () => ({
    one: grant('select').to('app'),
  }))
  await generateMigration({ ...options, name: 'shorter', schema: { tasks: changed } })
  await migrateLatest(options)
  expect(await findDrift(options)).toEqual([])
  expect(await rightsOn('titles')).toMatch(/app=r/)
  await migrateDown(options)
  expect(await findDrift(options)).toEqual([])
})
