import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  check,
  createStatements,
  type EnumType,
  enumType,
  formatRename,
  index,
  integer,
  parseRename,
  schema,
  type SchemaModule,
  serial,
  table,
  text,
  timestamptz,
  toSnapshot,
  unique,
  varchar,
} from '@mizan/db'
import {
  adoptDatabase,
  findDrift,
  generateMigration,
  introspectDatabase,
  migrateDown,
  migrateLatest,
  migrateRollback,
  resetDatabase,
  scratchBeside,
  toSource,
  withSchemas,
} from '@mizan/db/migrate'
import { createTestDb } from '@mizan/db/testing'
import { postgres as server, type PostgresResource } from '@mizan/testing/resources'
import pg from 'pg'
import { expect, test } from 'vitest'
import { postgres } from './index.ts'

const audit = schema('audit')
const users = table('users', { id: serial().primaryKey(), email: varchar(80).notNull() }, (t) => ({
  known: unique().on(t.email),
}))
/** Named as a table of the first schema, with keys and an index of the same names. */
const auditUsers = audit.table(
  'users',
  {
    id: serial().primaryKey(),
    userId: integer().references(() => users.id, { onDelete: 'cascade' }),
    email: varchar(80).notNull().default('nobody'),
    at: timestamptz().notNull().defaultNow(),
  },
  (t) => ({
    known: unique().on(t.email),
    late: index('users_late', { where: "email <> 'a'" }).on(t.at),
    grown: check('users_email', "email <> '' and id > 0"),
  }),
)
const entries = schema('order log').table('Entries', {
  id: serial().primaryKey(),
  auditorId: integer()
    .notNull()
    .references(() => auditUsers.id),
  what: text().notNull().comment("what it's about"),
})
const all = { users, auditUsers, entries }

interface Place extends AsyncDisposable {
  readonly migrations: string
  readonly dialect: ReturnType<typeof postgres>
  query(sql: string): Promise<pg.QueryResult<Record<string, unknown>>>
  generate(name: string, declared: SchemaModule, ...renames: string[]): Promise<string[]>
}

async function place(): Promise<Place> {
  const database: PostgresResource = await server()
  const migrations = await mkdtemp(join(tmpdir(), 'mizan-schemas-'))
  const client = new pg.Client(database.url)
  await client.connect()
  const dialect = postgres({ url: database.url })
  return {
    migrations,
    dialect,
    query: (sql) => client.query(sql),
    async generate(name, declared, ...renames) {
      const written = await generateMigration({
        migrations,
        name,
        schema: declared,
        dialect,
        renames: renames.map(parseRename),
        scratch: scratchBeside(dialect),
      })
      return [...(written?.changes ?? [])]
    },
    async [Symbol.asyncDispose]() {
      await client.end()
      await rm(migrations, { recursive: true, force: true })
      await database[Symbol.asyncDispose]()
    },
  }
}

const schemasOf = async ({ query }: Place): Promise<unknown[]> => {
  const { rows } = await query(
    `select nspname as name from pg_namespace where nspname in ('audit', 'order log', 'archive') order by 1`,
  )
  return rows.map(({ name }) => name)
}

test('a table of a named schema stands in the snapshot under its identity, and refers to tables by theirs', () => {
  const { tables } = toSnapshot(all)
  expect(Object.keys(tables)).toEqual(['audit.users', 'order log.Entries', 'users'])
  expect(tables['audit.users']).toMatchObject({ name: 'audit.users', schema: 'audit' })
  expect(tables['audit.users']?.foreignKeys).toMatchObject([
    { name: 'users_user_id_fk', table: 'users' },
  ])
  expect(tables['order log.Entries']?.foreignKeys).toMatchObject([{ table: 'audit.users' }])
  expect(tables['users']).not.toHaveProperty('schema')
})

test('schemas come with the first table in them and go with the last, up, down and up again', async () => {
  await using here = await place()
  const { dialect, migrations } = here
  expect(await here.generate('start', { users })).toEqual(['create table users'])
  expect(await here.generate('log', all)).toEqual([
    'create schema audit',
    'create schema order log',
    'create table audit.users',
    'create index users_late',
    'create table order log.Entries',
  ])
  await migrateLatest({ dialect, migrations })
  expect(await schemasOf(here)).toEqual(['audit', 'order log'])
  expect(await findDrift({ dialect, migrations })).toEqual([])
  await here.query(`insert into users (email) values ('a')`)
  await here.query(`insert into audit.users (user_id) values (1)`)
  await here.query(`insert into "order log"."Entries" (auditor_id, what) values (1, 'x')`)
  await here.query(`alter table audit.users add column odd integer`)
  expect(await findDrift({ dialect, migrations })).toMatchObject([
    { path: 'column audit.users.odd' },
  ])
  await here.query(`alter table audit.users drop column odd`)
  await migrateDown({ dialect, migrations })
  await migrateRollback({ dialect, migrations, all: true })
  expect(await schemasOf(here)).toEqual([])
  await migrateLatest({ dialect, migrations })
  expect(await findDrift({ dialect, migrations })).toEqual([])
  expect(await here.generate('nothing', all)).toEqual([])
})

test('changes in a named schema are the same as elsewhere: columns, keys, indexes, and beside writes', async () => {
  await using here = await place()
  const { dialect, migrations } = here
  await here.generate('start', all)
  await migrateLatest({ dialect, migrations })
  await here.query(`insert into audit.users (email) values ('a'), ('b')`)
  const changed = audit.table(
    'users',
    {
      id: serial().primaryKey(),
      userId: integer().references(() => users.id),
      email: text().notNull(),
      at: timestamptz().notNull().defaultNow(),
      note: text().notNull().default('none'),
    },
    (t) => ({
      again: index().on(t.note),
      apart: unique().on(t.email, t.note),
      grown: check('users_email', "email <> ''"),
    }),
  )
  const next = schema('order log').table('Entries', {
    id: serial().primaryKey(),
    auditorId: integer()
      .notNull()
      .references(() => changed.id),
    what: text().notNull(),
  })
  await here.generate('change', { users, changed, next })
  await migrateLatest({ dialect, migrations })
  expect(await findDrift({ dialect, migrations })).toEqual([])
  const folder = (await readdir(migrations)).find((name) => name.endsWith('_change'))
  const up = await readFile(join(migrations, folder ?? '', 'up.sql'), 'utf8')
  expect(up).toContain('drop index concurrently if exists "audit"."users_late"')
  expect(up).toContain('create index concurrently "users_note_index" on "audit"."users"')
  await migrateDown({ dialect, migrations })
  expect(await findDrift({ dialect, migrations })).toEqual([])
})

test('a schema that was there before, or in which others have something, stays', async () => {
  await using here = await place()
  const { dialect, migrations } = here
  await here.query('create schema audit')
  await here.generate('start', all)
  await migrateLatest({ dialect, migrations })
  await here.query(
    'create function "order log".other() returns integer language sql as $$ select 1 $$',
  )
  await here.generate('end', { users })
  await migrateLatest({ dialect, migrations })
  expect(await schemasOf(here)).toEqual(['audit', 'order log'])
})

test('what is made at once has its schemas, too, and a table is found where it is', async () => {
  await using here = await place()
  for (const sql of createStatements(toSnapshot(all), here.dialect.ddl)) await here.query(sql)
  const one = await here.dialect.migrations.introspect(async (sql) => (await here.query(sql)).rows)
  expect(Object.keys(one.tables)).toEqual(['users'])
  expect(Object.keys((await introspectDatabase(here.dialect)).tables)).toEqual(['users'])
})

test('a table moves with its rows, keys and counter: into a schema, to another, and back where it was', async () => {
  await using here = await place()
  const { dialect, migrations } = here
  const owners = table('owners', { id: serial().primaryKey() })
  const columns = () => ({
    id: serial().primaryKey(),
    ownerId: integer().references(() => owners.id),
    name: text().notNull().unique(),
  })
  const things = table('things', columns())
  const moved = schema('audit').table('things', columns())
  const again = schema('archive').table('Old things', columns())
  await here.generate('start', { owners, things })
  expect(await here.generate('move', { owners, moved }, 'things=audit.things')).toEqual([
    'create schema audit',
    'rename table things to audit.things',
  ])
  await migrateLatest({ dialect, migrations })
  await here.query(`insert into audit.things (name) values ('a')`)
  await here.generate('again', { owners, again }, 'audit.things=archive.Old things')
  await here.generate('back', { owners, things }, 'archive.Old things=things')
  await migrateLatest({ dialect, migrations })
  expect(await schemasOf(here)).toEqual([])
  await here.query(`insert into things (name) values ('b')`)
  expect((await here.query('select id, name from things order by id')).rows).toEqual([
    { id: 1, name: 'a' },
    { id: 2, name: 'b' },
  ])
  expect(await findDrift({ dialect, migrations })).toEqual([])
  await migrateDown({ dialect, migrations })
  await migrateDown({ dialect, migrations })
  expect((await here.query('select name from audit.things')).rowCount).toBe(2)
  expect(await findDrift({ dialect, migrations })).toEqual([])
})

test('what may have moved is asked like a rename, never guessed', async () => {
  await using here = await place()
  const things = table('things', { id: serial().primaryKey(), name: text() })
  const moved = audit.table('things', { id: serial().primaryKey(), name: text() })
  await here.generate('start', { things })
  const asked: string[] = []
  const written = await generateMigration({
    migrations: here.migrations,
    name: 'move',
    schema: { moved },
    dialect: here.dialect,
    scratch: scratchBeside(here.dialect),
    askRenames: (possible) => {
      asked.push(...possible.map(formatRename))
      return Promise.resolve([])
    },
  })
  expect(asked).toEqual(['things=audit.things'])
  expect(written?.destructive).toEqual(['drop table things'])
})

test('an enum of a named schema is a type there: its values change, and columns of any schema have it', async () => {
  await using here = await place()
  const { dialect, migrations } = here
  const withLevels = (...values: [string, ...string[]]): SchemaModule =>
    ofLevels(audit.enumType('level', values))
  const ofLevels = (level: EnumType): SchemaModule => {
    const notes = table('notes', { id: serial().primaryKey(), level: level().default('low') })
    const logs = audit.table('logs', { id: serial().primaryKey(), level: level().notNull() })
    return { level, notes, logs }
  }
  await here.generate('start', withLevels('low', 'high'))
  await migrateLatest({ dialect, migrations })
  await here.query(`insert into notes default values`)
  await here.query(`insert into audit.logs (level) values ('high')`)
  expect(await findDrift({ dialect, migrations })).toEqual([])
  await here.generate('more', withLevels('low', 'middle', 'high'))
  await here.generate('others', withLevels('high', 'low'))
  await migrateLatest({ dialect, migrations })
  expect(await findDrift({ dialect, migrations })).toEqual([])
  await here.generate('moved', ofLevels(enumType('level', ['high', 'low'])))
  await migrateLatest({ dialect, migrations })
  expect(await findDrift({ dialect, migrations })).toEqual([])
  expect((await here.query('select level::text from audit.logs')).rows).toEqual([{ level: 'high' }])
  await migrateDown({ dialect, migrations })
  await migrateDown({ dialect, migrations })
  expect(await findDrift({ dialect, migrations })).toEqual([])
})

test('a database with several schemas is adopted with those that are named: source, baseline, no drift', async () => {
  await using here = await place()
  const { migrations } = here
  await here.query(`
    create schema audit; create schema "order log"; create schema others;
    create table others.left_out (id integer);
    create domain audit.positive as integer check (value > 0);
    create type audit.level as enum ('low', 'high');
    create type audit.spot as (x integer, level audit.level);
    create sequence audit.numbers start 100;
    create table users (id bigserial primary key, level audit.level not null default 'low', levels audit.level[]);
    create function audit.touch() returns trigger language plpgsql as $$ begin new.at := now(); return new; end $$;
    create table audit.users (
      id serial primary key, number integer default nextval('audit.numbers'), user_id bigint references users (id) on delete cascade,
      at timestamptz not null default now(), level audit.level not null default 'high', age audit.positive, spot audit.spot,
      constraint grown check (age is null or level <> 'low'::audit.level or id > 3)
    );
    create unique index users_at on audit.users (at, (lower(number::text))) where level = 'high'::audit.level;
    create table "order log"."Entries" (id integer, at date not null, user_id integer references audit.users (id)) partition by range (at);
    create table "order log".of_2026 partition of "order log"."Entries" for values from ('2026-01-01') to ('2027-01-01');
    create trigger touched before update on audit.users for each row execute function audit.touch();
    create view audit.grown as select u.id, a.at from users u join audit.users a on a.user_id = u.id;
    create view latest as select * from audit.grown where at > '2026-01-01';
    create materialized view audit.counts as select level, count(*) from audit.users group by level;
    create unique index counts_level on audit.counts (level);
    alter table audit.users enable row level security;
    create policy own on audit.users for select using (user_id = 1);
    comment on table audit.users is 'who looks';
  `)
  const dialect = withSchemas(here.dialect, ['audit', 'order log'])
  const source = toSource(await introspectDatabase(dialect))
  expect(source.opaque).toEqual(
    expect.arrayContaining([
      'trigger audit.users.touched',
      'view audit.grown',
      'function audit.touch()',
      'partition order log.of_2026',
      'domain audit.positive',
      'view index audit.counts_level',
    ]),
  )
  expect(source.text).not.toContain('left_out')
  // Inside the workspace, so that the module finds @mizan/db.
  const folder = await mkdtemp(resolve(import.meta.dirname, '../.adopt-'))
  try {
    const load = async (name: string, text: string): Promise<SchemaModule> => {
      await writeFile(join(folder, name), text)
      return (await import(pathToFileURL(join(folder, name)).href)) as SchemaModule // cast: a module namespace
    }
    const module = await load('schema.ts', source.text)
    const scratch = scratchBeside(here.dialect)
    const { drift } = await adoptDatabase({ migrations, dialect, schema: module, scratch })
    expect(drift).toEqual([])
    expect(await findDrift({ migrations, dialect: here.dialect })).toEqual([])
    expect(await here.generate('nothing', module)).toEqual([])
    const changed = await load(
      'changed.ts',
      source.text.replace("native('audit.positive')", 'integer()'),
    )
    await here.generate('age', changed)
    await migrateLatest({ migrations, dialect })
    expect(await findDrift({ migrations, dialect })).toEqual([])
    await migrateDown({ migrations, dialect })
    expect(await findDrift({ migrations, dialect })).toEqual([])
    await resetDatabase(dialect)
    // Its schemas were not made here, so they stay, empty.
    expect(Object.keys((await introspectDatabase(dialect)).tables)).toEqual([])
    expect(await schemasOf(here)).toEqual(['audit', 'order log'])
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('createTestDb makes tables of named schemas, fresh and rolled back', async () => {
  await using here = await place()
  for (const migrate of ['fresh', 'transactional'] as const) {
    await using db = await createTestDb({ schema: all, dialect: here.dialect, migrate })
    await db
      .insert(auditUsers)
      .values([{ email: 'a' }])
      .execute()
    expect((await db.query.auditUsers.findMany()).map(({ email }) => email)).toEqual(['a'])
  }
  await using again = await createTestDb({
    schema: all,
    dialect: here.dialect,
    migrate: 'transactional',
  })
  expect(await again.query.auditUsers.findMany()).toEqual([])
})

test('whatever a schema is called, it is made, read and dropped as that', async () => {
  await using here = await place()
  const { dialect, migrations } = here
  const name = `a"b'c$mizan$; drop table kept; --\\`
  const odd = schema(name).table('t"1', { id: serial().primaryKey() })
  const kept = table('kept', { id: serial().primaryKey() })
  const other = table('t"1', { id: serial().primaryKey() })
  await here.generate('start', { odd, kept })
  await here.generate('move', { other, kept }, `${name}.t"1=t"1`)
  await here.generate('back', { odd, kept }, `t"1=${name}.t"1`)
  await here.generate('gone', { kept })
  await migrateLatest({ dialect, migrations })
  await migrateDown({ dialect, migrations })
  expect(await findDrift({ dialect, migrations })).toEqual([])
  const found = await introspectDatabase(withSchemas(dialect, [name, 'missing']))
  expect(Object.keys(found.tables).toSorted()).toEqual([`${name}.t"1`, 'kept'])
  await migrateRollback({ dialect, migrations, all: true })
  const { rows } = await here.query(`select from pg_namespace where nspname like 'a"b%'`)
  expect(rows).toEqual([])
})

test('an index that was left half built in a schema of the migrations is taken away, one of others is not', async () => {
  await using here = await place()
  await here.query(
    `create schema audit; create table audit.twice (id integer); insert into audit.twice values (1), (1)`,
  )
  await expect(
    here.query('create unique index concurrently once on audit.twice (id)'),
  ).rejects.toThrow('could not create unique index')
  const left = async (): Promise<number | null> =>
    (await here.query(`select from pg_index where not indisvalid`)).rowCount
  const run = async (sql: string) => (await here.query(sql)).rows
  await here.dialect.migrations.repair?.(run)
  expect(await left()).toBe(1)
  await withSchemas(here.dialect, ['audit']).migrations.repair?.(run)
  expect(await left()).toBe(0)
})
