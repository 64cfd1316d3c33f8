import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MemoryCache } from '@mizan/server'
import { sql } from 'kysely'
import { eventually } from '@mizan/testing/resources'
import { describe, expect, test } from 'vitest'
import { createDbClient, type DialectPackage } from '../src/index.ts'
import {
  endCachedAnswers,
  generateMigration,
  migrateDown,
  migrateLatest,
  resetDatabase,
  sealMigration,
} from '../src/migrate.ts'
import { dialects } from './dialects.ts'
import { cacheSecret, createNotes, openNotes } from './notes-app.ts'

/** A migration of data, in a folder that ends with the test. */
async function louder(
  dialect: DialectPackage,
): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'mizan-epoch-'))
  const made = await generateMigration({
    migrations: path,
    dialect,
    name: 'louder',
    schema: {},
    empty: true,
  })
  const write = (side: string, body: string): Promise<void> =>
    writeFile(join(made?.path ?? '', `${side}.sql`), `update notes set body = '${body}';\n`)
  await write('up', 'LOUD')
  await write('down', 'quiet')
  await sealMigration({ migrations: path, id: made?.id ?? '' })
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

describe.each(dialects)('%s:', (_name, openDatabase) => {
  test('a migration, on its way back too, ends what servers had cached before it', async () => {
    await using opened = await openDatabase()
    const { dialect } = opened
    await createNotes(dialect)
    await using migration = await louder(dialect)
    const store = new MemoryCache()
    const open = () => openNotes({ dialect, cache: { secret: cacheSecret, store } })
    await using server = open()
    await server.app.start()
    const isCached = async (body: string): Promise<void> => {
      const hits = server.app.cacheStats()?.hits ?? 0
      expect(await server.bodies(1)).toEqual([body])
      await eventually(async () => {
        await server.bodies(1)
        expect(server.app.cacheStats()?.hits).toBeGreaterThan(hits)
      })
    }
    const options = { migrations: migration.path, dialect, requireProof: false }
    let body = 'old'
    for (const [run, becomes] of [
      [() => migrateLatest(options), 'LOUD'],
      [() => migrateDown(options), 'quiet'],
      [() => endCachedAnswers(dialect), 'quiet'],
    ] as const) {
      await isCached(body)
      await run()
      expect(await server.bodies(1)).toEqual([body])
      body = becomes
      // A server looks as soon as it starts, and now and then.
      await using sweeping = open()
      await sweeping.app.start()
      await eventually(async () => expect(await server.bodies(1)).toEqual([body]))
      await using plain = createDbClient({ schema: {}, dialect })
      await eventually(async () =>
        expect((await sql`select 1 from mizan_outbox`.execute(plain)).rows).toEqual([]),
      )
    }
  })

  test('dropping everything leaves the purge, and a database without servers needs none', async () => {
    await using opened = await openDatabase()
    const { dialect } = opened
    await endCachedAnswers(dialect)
    await using plain = createDbClient({ schema: {}, dialect })
    await expect(sql`select 1 from mizan_outbox`.execute(plain)).rejects.toMatchObject({
      code: 'unknown_name',
    })
    await createNotes(dialect)
    await using server = openNotes({ dialect })
    await server.app.start()
    await resetDatabase(dialect)
    expect((await sql`select tags from mizan_outbox`.execute(plain)).rows).toEqual([
      { tags: '["db:*"]' },
    ])
  })
})
