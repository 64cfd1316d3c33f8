import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import {
  createDbClient,
  type Database,
  emptySnapshot,
  eq,
  integer,
  planChanges,
  relations,
  schema,
  serial,
  table,
  text,
  toSnapshot,
} from '../src/index.ts'
import { dialects, type Opened } from './dialects.ts'

const audit = schema('audit')
const users = table('users', { id: serial().primaryKey(), name: text().notNull() })
/** Named as a table of the first schema, with a column that is named as one of its. */
const auditUsers = audit.table('users', {
  id: serial().primaryKey(),
  userId: integer().references(() => users.id),
  name: text().notNull(),
})
const entries = audit.table('entries', {
  id: serial().primaryKey(),
  auditorId: integer()
    .notNull()
    .references(() => auditUsers.id, { onDelete: 'cascade' }),
  what: text().notNull(),
})
const seen = audit.table('seen', { id: integer(), what: text() })
const module = {
  users,
  auditUsers,
  entries,
  seen,
  userRelations: relations(users, ({ many }) => ({ auditors: many(auditUsers) })),
  auditUserRelations: relations(auditUsers, ({ one, many }) => ({
    user: one(users, { fields: [auditUsers.userId], references: [users.id] }),
    entries: many(entries),
  })),
  entryRelations: relations(entries, ({ one }) => ({
    auditor: one(auditUsers, { fields: [entries.auditorId], references: [auditUsers.id] }),
  })),
}

async function filled(opened: Opened): Promise<Database<typeof module>> {
  const db = createDbClient({ schema: module, dialect: opened.dialect })
  const isPostgres = opened.dialect.name === 'postgres'
  const counter = isPostgres ? 'serial primary key' : 'integer auto_increment primary key'
  const run = (text: string) => sql.raw(text).execute(db)
  await run('create schema audit')
  await run(`create table users (id ${counter}, name text not null)`)
  await run(
    `create table audit.users (id ${counter}, user_id integer, name text not null,
      foreign key (user_id) references ${await firstSchema(db, isPostgres)}.users (id))`,
  )
  await run(
    `create table audit.entries (id ${counter}, auditor_id integer not null, what text not null,
      foreign key (auditor_id) references audit.users (id) on delete cascade)`,
  )
  await run('create view audit.seen as select id, what from audit.entries')
  await db
    .insert(users)
    .values([{ name: 'Ann' }, { name: 'Bob' }])
    .execute()
  await db
    .insert(auditUsers)
    .values([
      { name: 'first', userId: 2 },
      { name: 'second', userId: 1 },
    ])
    .execute()
  await db
    .insert(entries)
    .values([
      { auditorId: 1, what: 'a' },
      { auditorId: 1, what: 'b' },
      { auditorId: 2, what: 'c' },
    ])
    .execute()
  return db
}

async function firstSchema(db: Database<typeof module>, isPostgres: boolean): Promise<string> {
  if (isPostgres) return 'public'
  const { rows } = await sql<{ name: string }>`select database() as name`.execute(db)
  return String(rows[0]?.name)
}

describe.each(dialects.filter(([name]) => name !== 'sqlite'))('%s:', (_name, open) => {
  test('tables of a named schema are read and changed in every layer', async () => {
    await using opened = await open()
    await using db = await filled(opened)
    await db.update(entries).set({ what: 'A' }).where(eq(entries.what, 'a')).execute()
    await db.deleteFrom('entries').where('what', '=', 'c').execute()
    expect(await db.select().from(entries).orderBy(entries.id).execute()).toEqual([
      { id: 1, auditorId: 1, what: 'A' },
      { id: 2, auditorId: 1, what: 'b' },
    ])
    expect(
      await db
        .selectFrom('entries')
        .innerJoin('auditUsers', 'auditUsers.id', 'entries.auditorId')
        .select(['entries.what', 'auditUsers.name'])
        .where('auditUsers.name', '=', 'first')
        .orderBy('entries.id')
        .execute(),
    ).toEqual([
      { what: 'A', name: 'first' },
      { what: 'b', name: 'first' },
    ])
  })

  test('two tables of one name in one query are told apart, whichever comes first', async () => {
    await using opened = await open()
    await using db = await filled(opened)
    const wanted = [
      { user: 'Ann', auditor: 'second' },
      { user: 'Bob', auditor: 'first' },
    ]
    const selected = { user: users.name, auditor: auditUsers.name }
    expect(
      await db
        .select(selected)
        .from(users)
        .innerJoin('auditUsers', 'auditUsers.userId', 'users.id')
        .orderBy(users.name)
        .execute(),
    ).toEqual(wanted)
    expect(
      await db
        .select(selected)
        .from(auditUsers)
        .innerJoin('users', (join) => join.on(eq(users.id, auditUsers.userId)))
        .orderBy(users.name)
        .execute(),
    ).toEqual(wanted)
    const inner = await db
      .selectFrom('users')
      .select('users.name')
      .where((eb) =>
        eb.exists(
          eb
            .selectFrom('auditUsers')
            .select('auditUsers.id')
            .whereRef('auditUsers.userId', '=', 'users.id')
            .where('auditUsers.name', '=', 'second'),
        ),
      )
      .execute()
    expect(inner).toEqual([{ name: 'Ann' }])
  })

  test('relations lead from schema to schema and back', async () => {
    await using opened = await open()
    await using db = await filled(opened)
    const found = await db.query.users.findMany({
      with: { auditors: { with: { entries: { columns: { what: true } }, user: true } } },
      where: (_, { some }) => some('auditors', (auditor) => eq(auditor.name, 'first')),
    })
    expect(found).toEqual([
      {
        id: 2,
        name: 'Bob',
        auditors: [
          {
            id: 1,
            userId: 2,
            name: 'first',
            entries: [{ what: 'a' }, { what: 'b' }],
            user: { id: 2, name: 'Bob' },
          },
        ],
      },
    ])
  })

  test('changes and reads carry the schema in their tags, also those of a key to another table', async () => {
    await using opened = await open()
    await using db = await filled(opened)
    const told = new Set<string>()
    db.on('commit', ({ writes }) => writes.forEach((tag) => told.add(tag)))
    await db.transaction((tx) => tx.delete(auditUsers).where(eq(auditUsers.id, 1)).execute())
    expect([...told].toSorted()).toEqual([
      'audit.entries',
      'audit.entries:*',
      'audit.users',
      'audit.users:id=1',
      'audit.users:user_id=2',
    ])
  })

  test('a view of a named schema is found to be one', async () => {
    await using opened = await open()
    await using db = await filled(opened)
    expect(
      await opened.dialect.observation?.hidden(async (text) => {
        const { rows } = await sql.raw<Record<string, unknown>>(text).execute(db)
        return rows
      }),
    ).toMatchObject({ views: expect.arrayContaining(['audit.seen']) })
  })
})

test('two values for one table of a named schema are refused, tables of other schemas are none of them', () => {
  const again = schema('audit').table('users', { id: serial().primaryKey() })
  expect(() => toSnapshot({ auditUsers, again })).toThrow(
    '"auditUsers" and "again" are both the table "audit.users"',
  )
  expect(() => schema('')).toThrow('a schema needs a name')
})

test('migrations refuse a named schema where the dialect has none, and names that look like one', () => {
  const facts = { alterConstraints: true }
  expect(() => planChanges(emptySnapshot, toSnapshot({ users, seen }), facts)).toThrow(
    '"audit.seen" is in a named schema, which migrations make on PostgreSQL alone',
  )
  const odd = table('audit.users', { id: serial().primaryKey() })
  expect(planChanges(emptySnapshot, toSnapshot({ odd }), facts)).toHaveLength(1)
  const named = { ...facts, createSchema: () => [] }
  for (const [from, to] of [
    [emptySnapshot, toSnapshot({ odd })],
    // Dropped as what it looks like, it would be another table.
    [toSnapshot({ odd }), emptySnapshot],
  ] as const)
    expect(() => planChanges(from, to, named)).toThrow('"audit.users" has a dot in its name')
})
