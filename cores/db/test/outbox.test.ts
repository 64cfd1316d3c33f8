import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { postgres } from '@mizan/db-postgres'
import { sqlite } from '@mizan/db-sqlite'
import { MemoryCache } from '@mizan/server'
import { RedisCache } from '@mizan/server/redis'
import {
  eventually,
  postgres as postgresServer,
  redis as redisServer,
} from '@mizan/testing/resources'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDbClient } from '../src/index.ts'
import { DbOutbox } from '../src/plugin/outbox.ts'
import { dialects } from './dialects.ts'
import {
  cacheSecret,
  createNotes,
  lists,
  notes,
  type NotesDatabase,
  openNotes,
} from './notes-app.ts'

/** Looks into the outbox between the commit and the end of the purge. */
class LookingCache extends MemoryCache {
  outbox: DbOutbox | undefined
  /** The tags of what was left there, at each purge. */
  readonly seen: (readonly string[])[][] = []

  async left(): Promise<(readonly string[])[]> {
    const left = await this.outbox?.left({ age: 0, limit: 10 })
    return (left ?? []).map(({ tags }) => tags)
  }

  override async bump(tags: readonly string[]): Promise<void> {
    this.seen.push(await this.left())
    await super.bump(tags)
  }
}

const dyingWriter = fileURLToPath(new URL('dying-writer.fixture.ts', import.meta.url))

describe('killed between commit and purge:', () => {
  const servers = new AsyncDisposableStack()
  let database: string
  let redis: string
  beforeAll(async () => {
    database = servers.use(await postgresServer()).url
    redis = servers.use(await redisServer()).url
    await createNotes(postgres({ url: database }))
  })
  afterAll(() => servers.disposeAsync())

  test.each([
    'in a transaction',
    'in a single statement',
    'outside of runs',
    'by hand',
    'in a block',
  ])('what a process committed %s is purged by another', async (how) => {
    const dialect = postgres({ url: database })
    const open = () =>
      openNotes({
        dialect,
        cache: { secret: cacheSecret, store: new RedisCache(redis), patience: 20_000 },
      })
    await using reader = open()
    const list = await reader.database
      .insert(lists)
      .values({ name: how })
      .returning('id')
      .executeTakeFirstOrThrow()
    const bodies = () => reader.bodies(list.id)
    await eventually(async () => {
      expect(await bodies()).toEqual([])
      expect(reader.app.cacheStats()?.hits).toBeGreaterThan(0)
    })
    const writer = spawn(
      process.execPath,
      ['--conditions=@mizan/source', dyingWriter, database, redis, String(list.id), how],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    let errors = ''
    writer.stderr.on('data', (chunk) => (errors += String(chunk)))
    const [, signal] = await once(writer, 'close')
    expect([signal, errors]).toEqual(['SIGKILL', expect.not.stringContaining('rror')])
    // Committed, and nobody knows.
    const written = await reader.database
      .selectFrom('notes')
      .select('body')
      .where('listId', '=', list.id)
      .execute()
    expect([written, await bodies()]).toEqual([[{ body: 'new' }], []])
    // As if half a minute had passed; by a client that is no app's, whose changes nobody is told.
    await using plain = createDbClient({ schema: {}, dialect })
    await sql`update mizan_outbox set at = at - 60000`.execute(plain)
    expect(await bodies()).toEqual([])
    await using sweeping = open()
    await sweeping.app.start()
    await eventually(async () => expect(await bodies()).toEqual(['new']))
    await eventually(async () =>
      expect((await sql`select 1 from mizan_outbox`.execute(plain)).rows).toEqual([]),
    )
  })

  test('what commits by itself before it fails is told, in a run and outside of one', async () => {
    const dialect = postgres({ url: database })
    let list = 0
    const change = (db: NotesDatabase): Promise<unknown> =>
      sql
        .raw(
          `do $$ begin insert into notes (list_id, body) values (${list}, 'new'); commit; raise exception 'late'; end $$`,
        )
        .execute(db)
    await using running = openNotes({ dialect, cache: { secret: cacheSecret }, during: change })
    for (const fail of [
      () => running.caller.call('change_apart'),
      () => change(running.database),
    ]) {
      list = (
        await running.database
          .insert(lists)
          .values({ name: 'late' })
          .returning('id')
          .executeTakeFirstOrThrow()
      ).id
      const hits = () => running.app.cacheStats()?.hits ?? 0
      const before = hits()
      await eventually(async () => {
        expect(await running.bodies(list)).toEqual([])
        expect(hits()).toBeGreaterThan(before)
      })
      await expect(fail()).rejects.toThrow()
      await eventually(async () => expect(await running.bodies(list)).toEqual(['new']))
    }
  })

  test('what is noted before a statement waits for that, however long it outlives its process', async () => {
    const dialect = postgres({ url: database })
    const open = () =>
      openNotes({ dialect, cache: { secret: cacheSecret, store: new RedisCache(redis) } })
    await using reader = open()
    const list = await reader.database
      .insert(lists)
      .values({ name: 'long' })
      .returning('id')
      .executeTakeFirstOrThrow()
    const bodies = () => reader.bodies(list.id)
    await eventually(async () => {
      expect(await bodies()).toEqual([])
      expect(reader.app.cacheStats()?.hits).toBeGreaterThan(0)
    })
    await using plain = createDbClient({ schema: {}, dialect })
    const notesLeft = async () => (await sql`select 1 from mizan_outbox`.execute(plain)).rows.length
    await plain.connection().execute(async (holder) => {
      await sql`select pg_advisory_lock(${sql.lit(list.id)})`.execute(holder)
      const writer = spawn(
        process.execPath,
        [
          '--conditions=@mizan/source',
          dyingWriter,
          database,
          redis,
          String(list.id),
          'in a long block',
        ],
        { stdio: 'ignore' },
      )
      const closed = once(writer, 'close')
      await eventually(async () => {
        const waiting =
          await sql`select 1 from pg_locks where locktype = 'advisory' and not granted`
        expect((await waiting.execute(plain)).rows).toHaveLength(1)
      })
      writer.kill('SIGKILL')
      expect(await closed).toEqual([null, 'SIGKILL'])
      await sql`update mizan_outbox set at = at - 60000`.execute(plain)
      const outbox = new DbOutbox(plain)
      expect(await outbox.left({ age: 30_000, limit: 1 })).toEqual([])
      expect([await notesLeft(), await bodies()]).toEqual([1, []])
      await sql`select pg_advisory_unlock(${sql.lit(list.id)})`.execute(holder)
      await eventually(async () =>
        expect(await outbox.left({ age: 30_000, limit: 1 })).toHaveLength(1),
      )
    })
    await using sweeping = open()
    await sweeping.app.start()
    await eventually(async () => expect(await bodies()).toEqual(['new']))
    await eventually(async () => expect(await notesLeft()).toBe(0))
  })
})

test.each(dialects.filter(([name]) => name !== 'sqlite'))(
  '%s: a note waits as long as its connection is busy, and lets others pass',
  async (_name, openDatabase) => {
    await using opened = await openDatabase()
    const { dialect } = opened
    await using database = createDbClient({ schema: {}, dialect })
    const outbox = new DbOutbox(database)
    await outbox.ensure()
    const lock = dialect.name === 'postgres' ? 'pg_advisory_lock(1)' : "get_lock('one', 60)"
    const unlock = dialect.name === 'postgres' ? 'pg_advisory_unlock(1)' : "release_lock('one')"
    const ask = (on: Pick<typeof database, 'getExecutor'>, text: string) =>
      sql.raw(text).execute(on)
    const write = async (id: string, session?: string) => {
      const { sql: text, parameters } = outbox.insert({ id, tags: [id] }, session)
      await database.runDirectly('apart', (execute) => execute(text, parameters))
    }
    const left = async () => (await outbox.left({ age: 0, limit: 2 })).map(({ id }) => id)
    await database.connection().execute(async (holder) => {
      await ask(holder, `select ${lock}`)
      await database.connection().execute(async (busy) => {
        const { rows } = await ask(busy, dialect.observation?.sessions?.own ?? '')
        // cast: what such a statement gives
        const [{ session }] = rows as [{ session: unknown }]
        for (const id of ['a', 'b', 'c']) await write(id, String(session))
        for (const id of ['d', 'e', 'f']) await write(id)
        const waits = ask(busy, `select ${lock}`)
        await eventually(async () => expect(await left()).toEqual(['d', 'e']))
        await ask(holder, `select ${unlock}`)
        await waits
        await eventually(async () => expect(await left()).toEqual(['a', 'b']))
        await ask(busy, `select ${unlock}`)
      })
    })
  },
)

describe.each(dialects)('%s:', (_name, openDatabase) => {
  test('the tags stand in the commit itself, and are gone when the purge was carried out', async () => {
    await using opened = await openDatabase()
    const { dialect } = opened
    await createNotes(dialect)
    const store = new LookingCache()
    await using running = openNotes({
      dialect,
      cache: { secret: cacheSecret, store },
      during: async (db) => {
        await db.insert(notes).values({ listId: 2, body: 'kept' }).execute()
        await db
          .transaction(async (tx) => {
            await tx.update(lists).set({ name: 'undone' }).execute()
            throw new RangeError('undone')
          })
          .catch(() => undefined)
      },
    })
    store.outbox = new DbOutbox(running.database)
    await running.caller.call('change')
    const [[tags] = []] = store.seen
    // Without RETURNING the key of the new row is not known.
    const placed = dialect.capabilities.returning ? 'db:notes:list_id=2' : 'db:notes:*'
    expect(tags).toEqual(expect.arrayContaining(['db:notes', placed]))
    expect(tags).not.toContain('db:lists')
    await eventually(async () => expect(await store.left()).toEqual([]))
  })

  test('a mutation that is rolled back, or changes nothing, leaves nothing in the outbox', async () => {
    await using opened = await openDatabase()
    await createNotes(opened.dialect)
    let fails = true
    await using running = openNotes({
      dialect: opened.dialect,
      during: async (db) => {
        await db.selectFrom('notes').selectAll().execute()
        if (!fails) return
        await db.insert(notes).values({ listId: 1, body: 'never' }).execute()
        throw new RangeError('never')
      },
    })
    await expect(running.caller.call('change')).rejects.toMatchObject({ code: 'INTERNAL' })
    fails = false
    await running.caller.call('change')
    const outbox = new DbOutbox(running.database)
    expect(await outbox.left({ age: 0, limit: 10 })).toEqual([])
  })

  test('a single statement and its tags are stored together, or neither', async () => {
    await using opened = await openDatabase()
    const { dialect } = opened
    await createNotes(dialect)
    const store = new LookingCache()
    let statement = (db: NotesDatabase): Promise<unknown> =>
      db.update(notes).set({ listId: 2 }).where('body', '=', 'old').execute()
    await using running = openNotes({
      dialect,
      cache: { secret: cacheSecret, store },
      during: (db) => statement(db),
    })
    const { database, caller } = running
    store.outbox = new DbOutbox(database)
    await caller.call('change_apart')
    const [[tags] = []] = store.seen
    // The rows were locked and looked at: where they came from is known on each database.
    for (const id of [1, 2]) expect(tags).toContain(`db:notes:list_id=${id}`)
    expect(tags).not.toContain('db:notes:*')
    for (const refused of [
      (db: NotesDatabase) => db.insert(notes).values({ id: 1, listId: 1, body: 'b' }).execute(),
      (db: NotesDatabase) => sql`update notes set nothing = 1`.execute(db),
      (db: NotesDatabase) => sql`create nonsense`.execute(db),
    ]) {
      statement = refused
      await expect(caller.call('change_apart')).rejects.toMatchObject({ code: 'INTERNAL' })
    }
    await eventually(async () => expect(await store.left()).toEqual([]))
    expect(await database.select().from(notes).execute()).toMatchObject([{ id: 1, listId: 2 }])
  })

  test('of statements side by side on one connection one may fail', async () => {
    await using opened = await openDatabase()
    await createNotes(opened.dialect)
    await using running = openNotes({ dialect: opened.dialect, cache: { secret: cacheSecret } })
    await running.app.start()
    const { database } = running
    await database.connection().execute(async (one) => {
      const insert = (id: number) =>
        one.insertInto('notes').values({ id, listId: 1, body: 'b' }).execute()
      const results = await Promise.allSettled([insert(7), insert(1), insert(8), insert(1)])
      expect(results.map(({ status }) => status)).toEqual([
        'fulfilled',
        'rejected',
        'fulfilled',
        'rejected',
      ])
    })
    const rows = await database.selectFrom('notes').select('id').orderBy('id').execute()
    expect(rows.map(({ id }) => id)).toEqual([1, 7, 8])
  })

  test('what cannot be part of a transaction is noted, and runs outside of one', async () => {
    await using opened = await openDatabase()
    const { dialect } = opened
    await createNotes(dialect)
    const store = new LookingCache()
    const statement = dialect.name === 'mysql' ? 'optimize table notes' : 'vacuum'
    await using running = openNotes({
      dialect,
      cache: { secret: cacheSecret, store },
      during: (db) => sql.raw(statement).execute(db),
    })
    store.outbox = new DbOutbox(running.database)
    await running.caller.call('change_apart')
    expect(store.seen).toEqual([[expect.arrayContaining(['db:*'])]])
    await eventually(async () => expect(await store.left()).toEqual([]))
  })

  test('what no run does is told too: statements, transactions, and what comes after a run', async () => {
    await using opened = await openDatabase()
    await createNotes(opened.dialect)
    await using running = openNotes({ dialect: opened.dialect, cache: { secret: cacheSecret } })
    const fill = async (): Promise<void> => {
      await eventually(async () => {
        const before = running.app.cacheStats()?.hits ?? 0
        await running.bodies(1)
        expect(running.app.cacheStats()?.hits).toBeGreaterThan(before)
      })
    }
    const { database } = running
    await fill()
    await database.insert(notes).values({ listId: 1, body: 'by a job' }).execute()
    expect(await running.bodies(1)).toEqual(['old', 'by a job'])
    await fill()
    await database.transaction(async (tx) => {
      await tx.insert(notes).values({ listId: 1, body: 'together' }).execute()
      await tx.deleteFrom('notes').where('body', '=', 'old').execute()
    })
    expect(await running.bodies(1)).toEqual(['by a job', 'together'])
    await fill()
    await running.caller.call('add_apart', { list_id: 1, body: 'apart' })
    expect(await running.bodies(1)).toEqual(['by a job', 'together', 'apart'])
  })
})

test('a purge of very many tags is stored as one of whole tables', async () => {
  const dialect = sqlite({ url: ':memory:' })
  await createNotes(dialect)
  await using running = openNotes({
    dialect,
    cache: { secret: cacheSecret },
    during: (db) =>
      db
        .insert(lists)
        .values(
          Array.from({ length: 900 }, (_, index) => ({ id: 10_000_000_000 + index, name: '' })),
        )
        .execute()
        .then(() =>
          db
            .insert(lists)
            .values(Array.from({ length: 900 }, (_, at) => ({ id: 20_000_000_000 + at, name: '' })))
            .execute(),
        ),
  })
  const outbox = new DbOutbox(running.database)
  const seen: Promise<readonly { readonly tags: readonly string[] }[]>[] = []
  running.database.on('commit', () => seen.push(outbox.left({ age: 0, limit: 10 })))
  await running.caller.call('change')
  expect((await seen[0])?.[0]?.tags.toSorted()).toEqual(['db:lists', 'db:lists:*'])
})
