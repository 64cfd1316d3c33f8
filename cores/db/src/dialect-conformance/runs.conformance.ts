/** One run of a function: its scope, its transaction, its end. */

import { describe, expect, test } from 'vitest'
import { eq, inArray, TransactionEndedError } from '../index.ts'
import type { DialectBench } from './bench.conformance.ts'
import { projects } from '../test-schema.conformance.ts'

export function testRuns({ db, inRun, next }: DialectBench): void {
  describe('runs', () => {
    test('the first statement opens the transaction, which commits with the run', async () => {
      const slug = next()
      const transaction = db.createScopeTransaction()
      const run = await inRun(async () => {
        await db.insert(projects).values({ slug }).execute()
      }, transaction)
      expect([...run.writes]).toEqual([])
      await transaction.commit()
      expect([...run.writes]).toContain('projects')
      expect(
        await db.select().from(projects).where(eq(projects.slug, slug)).execute(),
      ).toHaveLength(1)
    })

    test('a run that is rolled back leaves nothing and observes nothing', async () => {
      const slug = next()
      const transaction = db.createScopeTransaction()
      const run = await inRun(() => db.insert(projects).values({ slug }).execute(), transaction)
      await transaction.rollback()
      expect([...run.writes]).toEqual([])
      expect(await db.select().from(projects).where(eq(projects.slug, slug)).execute()).toEqual([])
    })

    test('a transaction inside a run is a savepoint, also through the client itself', async () => {
      const [kept, undone] = [next(), next()]
      const transaction = db.createScopeTransaction()
      await inRun(async () => {
        await db.transaction(() => db.insert(projects).values({ slug: kept }).execute())
        await db
          .transaction(async (tx) => {
            await tx.insert(projects).values({ slug: undone }).execute()
            throw new RangeError('stop')
          })
          .catch(() => undefined)
      }, transaction)
      await transaction.commit()
      const rows = await db
        .select({ slug: projects.slug })
        .from(projects)
        .where(inArray(projects.slug, [kept, undone]))
        .execute()
      expect(rows).toEqual([{ slug: kept }])
    })

    test('a run without statements opens nothing', async () => {
      const transaction = db.createScopeTransaction()
      await transaction.commit()
      await expect(transaction.commit()).rejects.toBeInstanceOf(TransactionEndedError)
    })
  })
}
