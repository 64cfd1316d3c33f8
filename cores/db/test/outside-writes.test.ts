import { mizan, upgrade } from '@mizan/node'
import { postgres } from '@mizan/db-postgres'
import { sqlite } from '@mizan/db-sqlite'
import {
  elapsed,
  eventually,
  nodeServer,
  postgres as postgresServer,
  shortest,
} from '@mizan/testing/resources'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  boolean,
  createDbClient,
  schema as namedSchema,
  serial,
  table,
  text,
  uuid,
  varchar,
} from '../src/index.ts'
import { dbPlugin, installOutsideWrites, removeOutsideWrites } from '../src/plugin.ts'
import { tableTag, tagColumns, valueTag } from '../src/query/tags.ts'
import { cacheSecret, createNotes, lists, notes, openNotes, schema } from './notes-app.ts'

let server: Awaited<ReturnType<typeof postgresServer>>
/** Somebody with psql. */
let psql: pg.Client
let databases = 0
let url: string

beforeAll(async () => {
  server = await postgresServer()
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(async () => {
  const admin = new pg.Client({ connectionString: server.url })
  await admin.connect()
  const name = `outside_${++databases}`
  await admin.query(`create database ${name}`).finally(() => admin.end())
  const own = new URL(server.url)
  own.pathname = `/${name}`
  url = own.href
  await createNotes(postgres({ url }))
  psql = new pg.Client({ connectionString: url })
  await psql.connect()
  return () => psql.end()
})

function open(during?: Parameters<typeof openNotes>[0]['during']) {
  return openNotes({
    dialect: postgres({ url }),
    cache: { secret: cacheSecret },
    plugin: { outsideWrites: true },
    ...(during === undefined ? {} : { during }),
  })
}

/** A page that shows a list over a real WebSocket; `frames` is what it was sent. */
async function showList(at: string, listId: number) {
  const socket = new WebSocket(`${at.replace('http', 'ws')}/api/mizan/live/`)
  const frames: Record<string, unknown>[] = []
  const subscribed = new Promise<void>((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      frames.push(JSON.parse(String(data)) as Record<string, unknown>) // cast: frames are objects
      resolve()
    })
  })
  await new Promise((resolve) => socket.addEventListener('open', resolve))
  socket.send(
    JSON.stringify({ id: 1, subscribe: { context: 'list', params: { list_id: listId } } }),
  )
  await subscribed
  frames.length = 0
  return { frames, [Symbol.dispose]: () => socket.close() }
}

/** Waits until the cache answers for list 1. */
async function fill(running: ReturnType<typeof open>): Promise<void> {
  await eventually(async () => {
    const before = running.app.cacheStats()?.hits ?? 0
    await running.bodies(1)
    expect(running.app.cacheStats()?.hits).toBeGreaterThan(before)
  })
}

test('a change made in psql reaches an open page within a second; a rolled-back one reaches nobody', async () => {
  await using running = open()
  await using http = await nodeServer(mizan(running.app))
  upgrade(http.server, running.app)
  await running.app.start()
  using page = await showList(http.url, 1)
  using other = await showList(http.url, 2)

  await psql.query('begin')
  await psql.query(`insert into notes (list_id, body) values (1, 'never')`)
  await psql.query('rollback')
  const told: string[] = []
  const untilTold = (attempt: number): Promise<number> =>
    elapsed(async () => {
      told.push(`from psql, ${attempt}`)
      await psql.query('insert into notes (list_id, body) values (1, $1)', [told.at(-1)])
      await eventually(() => expect(page.frames).toHaveLength(told.length), { interval: 5 })
    })
  expect(await shortest(untilTold, { under: 1_000 })).toBeLessThan(1_000)
  for (const frame of page.frames) {
    expect(frame).toEqual({
      invalidate: [{ context: 'list', params: { list_id: '1' } }],
      changed: expect.any(Array),
    })
  }
  expect(await running.bodies(1)).toEqual(['old', ...told])
  // Later frames come after earlier ones: had the other page been told, it would have heard by now.
  await psql.query(`insert into notes (list_id, body) values (2, 'for the other')`)
  await eventually(() => expect(other.frames).toHaveLength(1))
  expect(page.frames).toHaveLength(told.length)
})

test('cached answers end with a change made in psql: moved rows, cascades, truncation', async () => {
  await using running = open()
  await running.app.start()
  const expectFresh = async (statement: string, expected: readonly string[]): Promise<void> => {
    await fill(running)
    await psql.query(statement)
    await eventually(async () => expect(await running.bodies(1)).toEqual(expected))
  }
  await expectFresh(`insert into notes (list_id, body) values (1, 'b'), (2, 'c')`, ['old', 'b'])
  await expectFresh(`update notes set list_id = 1 where list_id = 2`, ['old', 'b', 'c'])
  await expectFresh(`update notes set list_id = 2 where body = 'old'`, ['b', 'c'])
  await expectFresh(
    `insert into notes (list_id, body) select 1, 'many' from generate_series(1, 200)`,
    ['b', 'c', ...Array.from({ length: 200 }, () => 'many')],
  )
  await expectFresh(`delete from lists where id = 1`, [])
  await psql.query(`insert into lists (id, name) values (1, 'again')`)
  await expectFresh(`insert into notes (list_id, body) values (1, 'd')`, ['d'])
  await expectFresh('truncate notes', [])
})

test('a change in a named schema is told as of there, beside a table of the same name', async () => {
  await psql.query('create schema audit')
  await psql.query('create table audit.notes (id serial primary key, body text)')
  const auditNotes = namedSchema('audit').table('notes', {
    id: serial().primaryKey(),
    body: text(),
  })
  const heard = new Set<string>()
  await using db = createDbClient({
    schema: { notes, lists, auditNotes },
    dialect: postgres({ url }),
  })
  await installOutsideWrites(db)
  await using listening = await db.dialect.observation?.feed?.listen({
    onChange: (writes) => writes.forEach((tag) => heard.add(tag)),
    onGap: () => undefined,
    onTrouble: () => undefined,
  })
  expect(listening).toBeDefined()
  await psql.query(`insert into audit.notes (body) values ('theirs')`)
  await eventually(() => expect([...heard]).toEqual(['audit.notes', 'audit.notes:id=1']))
  await psql.query(`update notes set body = 'new' where id = 1`)
  await eventually(() => expect([...heard]).toContain('notes:id=1'))
  await removeOutsideWrites(db)
})

test('own changes are told once', async () => {
  await using running = open(async (db) => {
    await db.insert(notes).values({ listId: 1, body: 'own' }).execute()
  })
  await using http = await nodeServer(mizan(running.app))
  upgrade(http.server, running.app)
  await running.app.start()
  using page = await showList(http.url, 1)
  await running.caller.call('change')
  await eventually(() => expect(page.frames).toHaveLength(1))
  // The listener hears in order: what psql says now comes after what was said of the own change.
  await psql.query(`insert into notes (list_id, body) values (1, 'theirs')`)
  await eventually(() => expect(page.frames.length).toBeGreaterThan(1))
  expect(page.frames).toHaveLength(2)
})

test('after a lost connection everything counts as changed', async () => {
  await using running = open()
  await running.app.start()
  await fill(running)
  // Nobody hears this one.
  await psql.query('begin')
  await psql.query(`select pg_terminate_backend(pid, 5000) from pg_stat_activity
    where application_name = 'mizan changes' and datname = current_database()`)
  await psql.query(`insert into notes (list_id, body) values (1, 'unheard')`)
  await psql.query('commit')
  await eventually(async () => expect(await running.bodies(1)).toEqual(['old', 'unheard']))
  // And it hears again.
  await fill(running)
  await psql.query(`insert into notes (list_id, body) values (1, 'heard')`)
  await eventually(async () => expect(await running.bodies(1)).toEqual(['old', 'unheard', 'heard']))
})

test('nonsense on the channel counts as everything', async () => {
  await using running = open()
  await running.app.start()
  await fill(running)
  await psql.query(`alter table notes disable trigger user`)
  await psql.query(`insert into notes (list_id, body) values (1, 'silent')`)
  expect(await running.bodies(1)).toEqual(['old'])
  await psql.query(`notify mizan_changes, '{"tags": 5}'`)
  await eventually(async () => expect(await running.bodies(1)).toEqual(['old', 'silent']))
})

test('installing again changes nothing, other columns make other triggers, removing leaves none', async () => {
  const triggers = async (): Promise<unknown> =>
    (await psql.query(`select oid, tgname from pg_trigger where tgname like 'mizan%' order by oid`))
      .rows
  await using db = createDbClient({ schema, dialect: postgres({ url }) })
  await Promise.all([installOutsideWrites(db), installOutsideWrites(db)])
  const first = await triggers()
  expect(first).toHaveLength(8)
  await installOutsideWrites(db)
  expect(await triggers()).toEqual(first)
  await using fewer = createDbClient({ schema: { lists }, dialect: postgres({ url }) })
  await removeOutsideWrites(fewer)
  expect(await triggers()).toEqual([])
})

test('an app that only listens says which tables nobody tells of', async () => {
  await using running = openNotes({
    dialect: postgres({ url }),
    plugin: { outsideWrites: 'listen' },
  })
  await expect(running.app.start()).rejects.toMatchObject({
    code: 'not_watched',
    message: expect.stringContaining('lists, notes'),
  })
})

test('a database that tells nobody is refused where the plugin is made', () => {
  const database = createDbClient({ schema: {}, dialect: sqlite({ url: ':memory:' }) })
  expect(() => dbPlugin({ database, outsideWrites: true })).toThrow(/sqlite tells nobody/)
})

test('texts, nulls and long values have the tags that reads have', async () => {
  const things = table('odd: things', {
    id: serial().primaryKey(),
    name: text().tag(),
    short: varchar(10, { name: "Sho'rt" }).tag(),
    flag: boolean().tag(),
    key: uuid().tag(),
  })
  const dialect = postgres({ url })
  await using db = createDbClient({ schema: { things }, dialect })
  await psql.query(
    `create table "odd: things" (id serial primary key, name text, "Sho'rt" varchar(10), flag boolean, key uuid)`,
  )
  await installOutsideWrites(db)
  const heard: string[][] = []
  await using _listening = (await dialect.observation?.feed?.listen({
    onChange: (writes) => heard.push([...writes]),
    onGap: () => heard.push(['gap']),
    onTrouble: () => undefined,
  })) ?? { [Symbol.asyncDispose]: async () => undefined }
  const key = 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'
  await psql.query(
    `insert into "odd: things" values (7, $1, $2, true, $3), (8, null, null, null, null)`,
    ['Ünï"cöde  ', "it's", key],
  )
  await eventually(() => expect(heard).toHaveLength(1))
  const facts = db.tables.tables.get('things')
  if (facts === undefined) throw new TypeError('there is such a table')
  const values: Record<string, unknown> = {
    id: 7,
    name: 'Ünï"cöde',
    short: "it's",
    flag: true,
    key,
  }
  const expected = tagColumns(facts, dialect.capabilities).map((column) =>
    valueTag(column, values[column.key]),
  )
  expect(heard[0]?.toSorted()).toEqual(
    [tableTag(facts), `${tableTag(facts)}:id=8`, ...expected].toSorted(),
  )
  await psql.query(`update "odd: things" set name = $1 where id = 8`, ['x'.repeat(300)])
  await eventually(() => expect(heard).toHaveLength(2))
  expect(heard[1]).toEqual([tableTag(facts), `${tableTag(facts)}:*`])
  await sql`delete from "odd: things" where id = 99`.execute(db)
  await psql.query(`delete from "odd: things" where id = 99`)
  await psql.query(`delete from "odd: things" where id = 8`)
  await eventually(() => expect(heard.length).toBeGreaterThan(2))
  expect(heard).toHaveLength(3)
})
