import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  check,
  createStatements,
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
  findDrift,
  generateMigration,
  introspectDatabase,
  migrateDown,
  migrateLatest,
  migrateRollback,
  scratchBeside,
} from '@mizan/db/migrate'
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
  const withLevels = (...values: [string, ...string[]]): SchemaModule => {
    const level = audit.enumType('level', values)
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
  expect((await here.query('select level::text from audit.logs')).rows).toEqual([{ level: 'high' }])
  await migrateDown({ dialect, migrations })
  expect(await findDrift({ dialect, migrations })).toEqual([])
})
