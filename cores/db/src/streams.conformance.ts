/** Rows as they are asked for, on every database that has cursors. */

import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ConformanceDatabase } from './dialect-conformance/bench.conformance.ts'
import {
  createDbClient,
  createStatements,
  type Database,
  DbError,
  eq,
  integer,
  table,
  text,
  timestamp,
  toSnapshot,
} from './index.ts'

const rows = table('stream_rows', {
  id: integer().primaryKey(),
  body: text().notNull(),
  at: timestamp(),
})
const schema = { rows }
type Client = Database<typeof schema>

/** What a dialect has of its own. */
export interface StreamFacts {
  /** Statements of a transaction may run while one of its streams is read. */
  readonly interleaves: boolean
}

const size = 2000

/** Runs the suite. */
export function testStreams(
  name: string,
  open: () => Promise<ConformanceDatabase>,
  facts: StreamFacts,
): void {
  describe(`${name} streams:`, () => {
    let database: ConformanceDatabase
    let db: Client
    const at = new Date('2026-11-20T13:37:00.123Z')

    beforeAll(async () => {
      database = await open()
      db = createDbClient({ schema, dialect: database.narrow ?? database.dialect })
      for (const statement of createStatements(toSnapshot(schema), database.dialect.ddl))
        await sql.raw(statement).execute(db)
      for (let from = 0; from < size; from += 500) {
        await db
          .insert(rows)
          .values(
            Array.from({ length: 500 }, (_, index) => ({
              id: from + index,
              body: 'x'.repeat(100),
              at,
            })),
          )
          .execute()
      }
    })

    afterAll(async () => {
      await db.destroy()
      await database[Symbol.asyncDispose]()
    })

    const ordered = () => db.select().from(rows).orderBy(rows.id)

    test('all rows come, in order, with the values that a whole read gives', async () => {
      const read = []
      for await (const row of ordered().stream(300)) read.push(row)
      expect(read).toEqual(await ordered().execute())
      expect(read[0]?.at).toEqual(at)
    })

    test('who stops early, or throws, frees the connection', async () => {
      for (let time = 0; time < 3; time += 1) {
        for await (const row of ordered().stream(10)) if (row.id === 25) break
        const failing = (async () => {
          for await (const row of ordered().stream(10))
            if (row.id === 25) throw new RangeError('stop')
        })()
        await expect(failing).rejects.toThrow(RangeError)
      }
      expect(db.load.used).toBe(0)
      expect(await db.select().from(rows).where(eq(rows.id, 7)).execute()).toHaveLength(1)
      await db.transaction((tx) =>
        tx.update(rows).set({ body: 'y' }).where(eq(rows.id, 7)).execute(),
      )
    })

    test('listeners hear of a stream once: when it has ended, how many rows it gave, or what it failed with', async () => {
      const heard: string[] = []
      const stop = [
        db.on('query', (event) => heard.push(`query ${event.rows}`)),
        db.on('queryError', ({ error }) => heard.push((error as Error).name)),
      ]
      for await (const row of ordered().stream(100)) if (row.id === size - 1) heard.push('last')
      for await (const row of ordered().stream(100)) if (row.id === 150) break
      const wrong = sql`select 1 from unheard_of`
      await expect(wrong.execute(db)).rejects.toBeInstanceOf(DbError)
      const failing = db
        .selectFrom('rows')
        .select(sql.raw('unheard_of').as('x'))
        .stream()
        [Symbol.asyncIterator]()
        .next()
      await expect(failing).rejects.toBeInstanceOf(DbError)
      for (const end of stop) end()
      expect(heard).toEqual([
        'last',
        `query ${size}`,
        'query 200',
        'UnknownNameError',
        'UnknownNameError',
      ])
    })

    test('a hook before statements changes a stream too, and stops it', async () => {
      const stop = db.on('beforeQuery', () => {
        throw new RangeError('not for you')
      })
      const refused = ordered().stream()[Symbol.asyncIterator]().next()
      await expect(refused).rejects.toThrow(RangeError)
      stop()
      expect(db.load.used).toBe(0)
    })

    test('a transaction streams what it wrote, and its statements run beside the stream or say why not', async () => {
      await db
        .transaction(async (tx) => {
          await tx.insert(rows).values({ id: -1, body: 'own' }).execute()
          const seen: number[] = []
          const outcomes: unknown[] = []
          for await (const row of tx.select().from(rows).orderBy(rows.id).stream(2)) {
            seen.push(row.id)
            outcomes.push(
              await tx
                .update(rows)
                .set({ body: 'seen' })
                .where(eq(rows.id, row.id))
                .execute()
                .then(
                  () => 'ran',
                  (error: unknown) => (error as DbError).code,
                ),
            )
            if (seen.length === 5) break
          }
          expect(seen).toEqual([-1, 0, 1, 2, 3])
          expect(new Set(outcomes)).toEqual(new Set([facts.interleaves ? 'ran' : 'stream_open']))
          // After it the transaction goes on.
          await tx.insert(rows).values({ id: -2, body: 'own' }).execute()
          throw new RangeError('undo')
        })
        .catch((error: unknown) => expect(error).toBeInstanceOf(RangeError))
      expect(await db.select().from(rows).where(eq(rows.id, -1)).execute()).toEqual([])
    })

    test('who leaves while rows come is not waited for', async () => {
      const control = new AbortController()
      let seen = 0
      const reading = (async () => {
        for await (const _ of ordered().stream({ chunkSize: 10, signal: control.signal })) {
          seen += 1
          if (seen === 10) control.abort(new RangeError('left'))
        }
      })()
      await expect(reading).rejects.toThrow()
      expect(seen).toBe(10)
      expect(db.load.used).toBe(0)
      expect(await db.select().from(rows).where(eq(rows.id, 7)).execute()).toHaveLength(1)
    })
  })
}
