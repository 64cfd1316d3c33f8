import {
  createDbClient,
  eq,
  integer,
  type Database,
  relations,
  routedDb,
  table,
  text,
} from '@mizan/db'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ReplicatedPostgres, replicatedPostgres } from '../test/replicated-postgres.ts'
import { postgres } from './index.ts'

const lists = table('lists', { id: integer().primaryKey(), name: text().notNull() })
const tasks = table('tasks', {
  id: integer().primaryKey(),
  listId: integer()
    .notNull()
    .references(() => lists.id),
  title: text().notNull(),
})
const listRelations = relations(lists, ({ many }) => ({ tasks: many(tasks) }))
const schema = { lists, tasks, listRelations }
type Client = Database<typeof schema>

let servers: ReplicatedPostgres
/** Clients of one server each, to look at it and to hold it back. */
let primary: Client
let replica: Client

beforeAll(async () => {
  servers = await replicatedPostgres()
  primary = createDbClient({ schema, dialect: postgres({ url: servers.primary.url }) })
  replica = createDbClient({ schema, dialect: postgres({ url: servers.replica.url }) })
  await sql`create table lists (id int primary key, name text not null)`.execute(primary)
  await sql`create table tasks (id int primary key, list_id int not null references lists (id), title text not null)`.execute(
    primary,
  )
})

afterAll(async () => {
  await primary?.destroy()
  await replica?.destroy()
  await servers?.[Symbol.asyncDispose]()
})

beforeEach(async () => {
  await sql`select pg_wal_replay_resume()`.execute(replica)
  await sql`truncate lists, tasks`.execute(primary)
  await primary.insert(lists).values({ id: 1, name: 'first' }).execute()
  await caughtUp()
})

/** Resolves when the replica has what the primary has. */
async function caughtUp(): Promise<void> {
  const written = await sql<{ at: string }>`select pg_current_wal_insert_lsn()::text as at`.execute(
    primary,
  )
  for (;;) {
    const { rows } = await sql<{ reached: boolean }>`
      select pg_last_wal_replay_lsn() >= ${written.rows[0]?.at}::pg_lsn as reached`.execute(replica)
    if (rows[0]?.reached === true) return
  }
}

/** From now on the replica is behind. */
async function holdBack(): Promise<void> {
  await sql`select pg_wal_replay_pause()`.execute(replica)
  for (;;) {
    const { rows } = await sql<{
      state: string
    }>`select pg_get_wal_replay_pause_state() as state`.execute(replica)
    if (rows[0]?.state === 'paused') return
  }
}

function open(replicas = [postgres({ url: servers.replica.url })]): Client {
  return routedDb({ schema, primary: postgres({ url: servers.primary.url }), replicas })
}

const names = async (db: Client): Promise<string[]> =>
  (await db.select().from(lists).orderBy(lists.id).execute()).map((row) => row.name)

/** What the replica does not have shows where a read came from. */
async function writtenElsewhere(): Promise<void> {
  await holdBack()
  await primary.update(lists).set({ name: 'by somebody else' }).execute()
}

test('reads of every kind go to the replica, everything else to the primary', async () => {
  await using db = open()
  await writtenElsewhere()
  expect(await names(db)).toEqual(['first'])
  expect((await db.select().from(lists).where(eq(lists.id, 1)).executeTakeFirst())?.name).toBe(
    'first',
  )
  expect((await db.query.lists.findFirst({ with: { tasks: true } }))?.name).toBe('first')
  const streamed: string[] = []
  for await (const row of db.select().from(lists).stream()) streamed.push(row.name)
  expect(streamed).toEqual(['first'])
  const onPrimary = 'by somebody else'
  expect((await sql<{ name: string }>`select name from lists`.execute(db)).rows).toEqual([
    { name: onPrimary },
  ])
  expect((await db.select().from(lists).forUpdate().executeTakeFirst())?.name).toBe(onPrimary)
  expect(await db.transaction((tx) => names(tx as Client))).toEqual([onPrimary])
})

test('what was written is read from the primary until the replica has it, table by table', async () => {
  await using db = open()
  await holdBack()
  await db.insert(lists).values({ id: 2, name: 'second' }).execute()
  await primary.insert(tasks).values({ id: 1, listId: 1, title: 'unseen' }).execute()
  expect(await names(db)).toEqual(['first', 'second'])
  // Nobody here has changed tasks.
  expect(await db.select().from(tasks).execute()).toEqual([])
  // What reads both sees both.
  expect(await db.query.lists.findMany({ with: { tasks: true } })).toMatchObject([
    { name: 'first', tasks: [{ title: 'unseen' }] },
    { name: 'second' },
  ])
  await sql`select pg_wal_replay_resume()`.execute(replica)
  await caughtUp()
  await primary.update(lists).set({ name: 'later' }).where(eq(lists.id, 2)).execute()
  await caughtUp()
  await writtenElsewhere()
  // The first read asks the replica how far it is.
  await expect.poll(() => names(db)).toEqual(['first', 'later'])
})

test('what a transaction wrote counts when it is committed, and not when it is rolled back', async () => {
  await using db = open()
  await writtenElsewhere()
  await db
    .transaction(async (tx) => {
      await tx.insert(lists).values({ id: 3, name: 'undone' }).execute()
      throw new RangeError('undo')
    })
    .catch(() => undefined)
  expect(await names(db)).toEqual(['first'])
  await db.transaction((tx) => tx.insert(lists).values({ id: 4, name: 'kept' }).execute())
  expect(await names(db)).toEqual(['by somebody else', 'kept'])
})

test('SQL written by hand may have changed anything', async () => {
  await using db = open()
  await holdBack()
  await sql`update lists set name = 'by hand'`.execute(db)
  expect(await names(db)).toEqual(['by hand'])
  expect(await db.select().from(tasks).execute()).toEqual([])
})

test('what others are heard to have changed is read from the primary too', async () => {
  await using db = open()
  await writtenElsewhere()
  expect(await names(db)).toEqual(['first'])
  db.changedElsewhere(['lists', 'lists:*'])
  expect(await names(db)).toEqual(['by somebody else'])
})

test('a replica that is gone is left alone for a while, and the primary answers', async () => {
  const url = 'postgres://postgres@127.0.0.1:1/postgres'
  let now = 0
  await using db = routedDb({
    schema,
    primary: postgres({ url: servers.primary.url }),
    replicas: [postgres({ url })],
    rest: 1000,
    clock: () => now,
  })
  const failed: string[] = []
  db.on('queryError', ({ error }) => failed.push((error as Error).name))
  db.on('query', ({ sql: text }) => failed.push(text.slice(0, 6)))
  expect(await names(db)).toEqual(['first'])
  const streamed: string[] = []
  for await (const row of db.select().from(lists).stream()) streamed.push(row.name)
  expect([await names(db), streamed]).toEqual([['first'], ['first']])
  now = 1500
  expect(await names(db)).toEqual(['first'])
  await expect(
    db
      .select({ id: lists.id })
      .from(lists)
      .where(eq(lists.id, 'x' as never))
      .execute(),
  ).rejects.toThrow()
})

test('an answer that was made of a replica is kept by nobody', async () => {
  const marks: unknown[] = []
  let isWriting = false
  await using db = routedDb({
    schema,
    primary: postgres({ url: servers.primary.url }),
    replicas: [postgres({ url: servers.replica.url })],
    scope: () => ({
      principal: () => undefined,
      transaction: undefined,
      signal: undefined,
      observe: (one) => void (isWriting || marks.push(one)),
    }),
  })
  await names(db)
  expect(marks).toEqual([
    { reads: [], writes: [], unstorable: true },
    { reads: ['lists'], writes: [] },
  ])
  await holdBack()
  isWriting = true
  await db.insert(lists).values({ id: 5, name: 'own' }).execute()
  isWriting = false
  marks.length = 0
  await names(db)
  expect(marks).toEqual([{ reads: ['lists'], writes: [] }])
})
