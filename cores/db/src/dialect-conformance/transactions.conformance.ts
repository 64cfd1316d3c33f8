/** Transactions commit, roll back, nest and end. */

import { eventually } from '@mizan/testing/resources'
import { describe, expect, test } from 'vitest'
import {
  createDbClient,
  DbError,
  eq,
  inArray,
  NoFreeConnectionError,
  TransactionAbortedError,
  TransactionEndedError,
  UniqueViolationError,
} from '../index.ts'
import { type DialectBench, signal, type Client } from './bench.conformance.ts'
import * as schema from '../test-schema.conformance.ts'

const { projects } = schema

export function testTransactions({ database, db, next }: DialectBench): void {
  describe('transactions', () => {
    const count = async (client: Client, slug: string): Promise<number> =>
      (await client.select().from(projects).where(eq(projects.slug, slug)).execute()).length

    test('what returns is committed', async () => {
      const slug = next()
      const returned = await db.transaction(async (tx) => {
        await tx.insert(projects).values({ slug }).execute()
        return count(tx, slug)
      })
      expect([returned, await count(db, slug)]).toEqual([1, 1])
    })

    test('what throws is rolled back', async () => {
      const slug = next()
      const work = db.transaction(async (tx) => {
        await tx.insert(projects).values({ slug }).execute()
        throw new RangeError('stop')
      })
      await expect(work).rejects.toThrow(RangeError)
      expect(await count(db, slug)).toBe(0)
    })

    test('an inner transaction that throws takes only itself back', async () => {
      const [outer, inner] = [next(), next()]
      await db.transaction(async (tx) => {
        await tx.insert(projects).values({ slug: outer }).execute()
        await expect(
          tx.transaction(async (nested) => {
            await nested.insert(projects).values({ slug: inner }).execute()
            await nested.insert(projects).values({ slug: inner }).execute()
          }),
        ).rejects.toBeInstanceOf(UniqueViolationError)
      })
      expect([await count(db, outer), await count(db, inner)]).toEqual([1, 0])
    })

    test('statements that start together in one transaction all run', async () => {
      const slugs = [next(), next(), next()]
      await db.transaction((tx) =>
        Promise.all(slugs.map((slug) => tx.insert(projects).values({ slug }).execute())),
      )
      expect(
        await db.select().from(projects).where(inArray(projects.slug, slugs)).execute(),
      ).toHaveLength(3)
    })

    test('a transaction that has ended refuses statements', async () => {
      let escaped: Client | undefined
      await db.transaction(async (tx) => {
        escaped = tx
      })
      await expect(escaped?.selectFrom('projects').selectAll().execute()).rejects.toBeInstanceOf(
        TransactionEndedError,
      )
    })

    test('only the outermost transaction may choose its isolation', async () => {
      const work = db.transaction((tx) =>
        tx.transaction({ isolation: 'serializable' }, () => Promise.resolve()),
      )
      await expect(work).rejects.toBeInstanceOf(DbError)
    })

    test('an isolation level from outside is one of the known ones, never SQL', async () => {
      const isolation = 'serializable; drop table people' as 'serializable'
      await expect(db.transaction({ isolation }, () => Promise.resolve())).rejects.toThrow(
        /no isolation level/,
      )
    })

    test('inner transactions that overlap are stored both', async () => {
      const slugs = [next(), next(), next()]
      await db.transaction((tx) =>
        Promise.all(
          slugs.map((slug) =>
            tx.transaction((inner) => inner.insert(projects).values({ slug }).execute()),
          ),
        ),
      )
      for (const slug of slugs) expect(await count(db, slug)).toBe(1)
    })

    test('an inner transaction that takes another along when it is rolled back ends the outer one', async () => {
      const [first, second, outer] = [next(), next(), next()]
      const secondIsStored = signal()
      const work = db.transaction(async (tx) => {
        await tx.insert(projects).values({ slug: outer }).execute()
        await Promise.all([
          tx
            .transaction(async (inner) => {
              await inner.insert(projects).values({ slug: first }).execute()
              await secondIsStored.raised
              throw new RangeError('stop')
            })
            .catch(() => undefined),
          tx
            .transaction((inner) => inner.insert(projects).values({ slug: second }).execute())
            .then(() => secondIsStored.raise()),
        ])
      })
      const error: unknown = await work.catch((caught: unknown) => caught)
      expect(error).toBeInstanceOf(TransactionAbortedError)
      expect((error as Error).cause).toMatchObject({ code: 'transactions_overlap' })
      for (const slug of [first, second, outer]) expect(await count(db, slug)).toBe(0)
    })

    test('an inner transaction that nobody waited for is undone, and the connection goes on clean', async () => {
      const [outer, inner] = [next(), next()]
      const end = signal()
      let forgotten: Promise<unknown> | undefined
      await db.transaction(async (tx) => {
        await tx.insert(projects).values({ slug: outer }).execute()
        const begun = signal()
        forgotten = tx.transaction(async (nested) => {
          await nested.insert(projects).values({ slug: inner }).execute()
          begun.raise()
          await end.raised
          await nested.insert(projects).values({ slug: next() }).execute()
        })
        forgotten.catch(() => undefined)
        await begun.raised
      })
      end.raise()
      await expect(forgotten).rejects.toBeInstanceOf(TransactionEndedError)
      expect([await count(db, outer), await count(db, inner)]).toEqual([1, 0])
      const later = next()
      await db.transaction((tx) => tx.insert(projects).values({ slug: later }).execute())
      expect(await count(db, later)).toBe(1)
    })

    test('a statement that waits for the transaction it stands in fails in time', async () => {
      await using narrow = createDbClient({
        schema,
        dialect: database.narrow ?? database.dialect,
        acquireTimeout: 100,
      })
      // Opening a connection may take longer; once it is open, nobody waits for it.
      await eventually(() => narrow.transaction(async () => undefined))
      const error: unknown = await narrow
        .transaction(() => narrow.insertInto('projects').values({ slug: next() }).execute())
        .catch((caught: unknown) => caught)
      expect(error).toBeInstanceOf(NoFreeConnectionError)
      expect((error as Error).message).toMatch(/await statements of tx/)
      await eventually(() => narrow.selectFrom('projects').select('id').limit(1).execute())
    })

    test("Kysely's own builder still works", async () => {
      const slug = next()
      await db.transaction().execute((tx) => tx.insertInto('projects').values({ slug }).execute())
      expect(await count(db, slug)).toBe(1)
    })
  })
}
