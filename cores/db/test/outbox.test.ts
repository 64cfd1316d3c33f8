import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { postgres } from '@mizan/db-postgres'
import { sqlite } from '@mizan/db-sqlite'
import { MemoryCache, type OwedPurge } from '@mizan/server'
import { RedisCache } from '@mizan/server/redis'
import { postgres as postgresServer, redis as redisServer } from '@mizan/testing/resources'
import { sql } from 'kysely'
import { describe, expect, test, vi } from 'vitest'
import { DbOutbox } from '../src/plugin/outbox.ts'
import { dialects } from './dialects.ts'
import { cacheSecret, createNotes, lists, notes, openNotes } from './notes-app.ts'

const dyingWriter = fileURLToPath(new URL('dying-writer.fixture.ts', import.meta.url))

test('what a process committed before it was killed is purged by another, without an answer ever', async () => {
  await using server = await postgresServer()
  await using redis = await redisServer()
  const dialect = postgres({ url: server.url })
  await createNotes(dialect)
  const open = () =>
    openNotes({ dialect, cache: { secret: cacheSecret, store: new RedisCache(redis.url) } })
  await using reader = open()
  await vi.waitFor(async () => {
    expect(await reader.bodies(1)).toEqual(['old'])
    expect(reader.app.cacheStats()?.hits).toBeGreaterThan(0)
  })
  const writer = spawn(
    process.execPath,
    ['--conditions=@mizan/source', dyingWriter, server.url, redis.url],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let errors = ''
  writer.stderr.on('data', (chunk) => (errors += String(chunk)))
  const [, signal] = await once(writer, 'close')
  expect([signal, errors]).toEqual(['SIGKILL', expect.not.stringContaining('rror')])
  // Committed, and nobody knows.
  expect(await reader.database.selectFrom('notes').select('body').execute()).toHaveLength(2)
  expect(await reader.bodies(1)).toEqual(['old'])
  // As if half a minute had passed.
  await sql`update mizan_outbox set at = at - 60000`.execute(reader.database)
  await using sweeping = open()
  await sweeping.app.start()
  await vi.waitFor(async () => expect(await reader.bodies(1)).toEqual(['old', 'new']))
  await vi.waitFor(async () =>
    expect((await sql`select 1 from mizan_outbox`.execute(reader.database)).rows).toEqual([]),
  )
})

describe.each(dialects)('%s:', (_name, openDatabase) => {
  test('the tags stand in the commit itself, and are gone when the purge was carried out', async () => {
    await using opened = await openDatabase()
    const { dialect } = opened
    await createNotes(dialect)
    const seen: (readonly OwedPurge[])[] = []
    /** Between the commit and the end of the purge. */
    class LookingCache extends MemoryCache {
      override async bump(tags: readonly string[]): Promise<void> {
        seen.push(await outbox.left({ age: 0, limit: 10 }))
        await super.bump(tags)
      }
    }
    await using running = openNotes({
      dialect,
      cache: { secret: cacheSecret, store: new LookingCache() },
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
    const outbox = new DbOutbox(running.database)
    await running.caller.call('change')
    const [[left] = []] = seen
    // Without RETURNING the key of the new row is not known.
    const placed = dialect.capabilities.returning ? 'db:notes:list_id=2' : 'db:notes:*'
    expect(left?.tags).toEqual(expect.arrayContaining(['db:notes', placed]))
    expect(left?.tags).not.toContain('db:lists')
    await vi.waitFor(async () => expect(await outbox.left({ age: 0, limit: 10 })).toEqual([]))
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

  test('what no run does is told too: statements, transactions, and what comes after a run', async () => {
    await using opened = await openDatabase()
    await createNotes(opened.dialect)
    await using running = openNotes({ dialect: opened.dialect, cache: { secret: cacheSecret } })
    const fill = async (): Promise<void> => {
      await vi.waitFor(async () => {
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
