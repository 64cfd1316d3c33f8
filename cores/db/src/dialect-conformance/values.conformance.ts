/** Every column type keeps its values, at rest and in conditions. */

import { describe, expect, test } from 'vitest'
import { and, desc, eq, gt, inArray } from '../index.ts'
import type { DialectBench } from './bench.conformance.ts'
import { everyType } from '../test-schema.conformance.ts'

export function testValues({ database, db }: DialectBench): void {
  describe('values', () => {
    const row = {
      aSmallint: -32_768,
      anInteger: 2_147_483_647,
      aBigint: database.largestInteger ?? 9_223_372_036_854_775_807n,
      aNumeric: '-123456789.125',
      aReal: 0.5,
      aDouble: 0.1 + 0.2,
      aVarchar: 'Ünïcode \\ \'quoted\' "👍"',
      aChar: 'abc',
      aText: 'line\nline',
      aBoolean: false,
      aTimestamp: new Date('2026-11-20T13:37:00.123Z'),
      aTimestamptz: new Date('1969-12-31T23:59:59.999Z'),
      aDate: '2024-02-29',
      aTime: '23:59:58.125',
      anInterval: '1 day 02:03:04',
      aUuid: '0190163d-8694-739b-aea5-966c26f8ad91',
      aJson: { deep: [1.5, null], text: 'é' },
      aJsonb: ['a', { b: [true] }],
      someBytes: Uint8Array.of(0, 255, 39, 92),
      aMood: "it's loud" as const,
    }

    test('a value of every column type comes back as it was written', async () => {
      await db.insert(everyType).values(row).execute()
      const found = await db
        .select()
        .from(everyType)
        .orderBy(desc(everyType.id))
        .limit(1)
        .executeTakeFirstOrThrow()
      expect({ ...found, id: 0n }).toStrictEqual({ ...row, id: 0n })
      expect(typeof found.id).toBe('bigint')
    })

    test('null is null in every column', async () => {
      await db.insert(everyType).values({ aText: null }).execute()
      const found = await db
        .select()
        .from(everyType)
        .orderBy(desc(everyType.id))
        .limit(1)
        .executeTakeFirstOrThrow()
      const { id: _, ...values } = found
      expect(Object.values(values)).toEqual(Object.values(values).map(() => null))
    })

    test('values are found by comparison with themselves', async () => {
      await db.deleteFrom('everyType').execute()
      await db.insert(everyType).values(row).execute()
      const conditions = [
        eq(everyType.aBigint, row.aBigint),
        eq(everyType.aNumeric, row.aNumeric),
        eq(everyType.aDouble, row.aDouble),
        eq(everyType.aVarchar, row.aVarchar),
        eq(everyType.aBoolean, false),
        eq(everyType.aTimestamp, row.aTimestamp),
        eq(everyType.aTimestamptz, row.aTimestamptz),
        eq(everyType.aDate, row.aDate),
        eq(everyType.aUuid, row.aUuid),
        eq(everyType.someBytes, row.someBytes),
        eq(everyType.aMood, row.aMood),
        gt(everyType.aTimestamp, new Date(row.aTimestamp.getTime() - 1)),
        inArray(everyType.aBigint, [1n, row.aBigint]),
      ]
      for (const condition of conditions) {
        const found = await db
          .select({ id: everyType.id })
          .from(everyType)
          .where(condition)
          .execute()
        expect(found).toHaveLength(1)
      }
      expect(
        await db
          .select()
          .from(everyType)
          .where(and(...conditions))
          .execute(),
      ).toHaveLength(1)
    })

    test('a value inside a subquery, a common table expression and an aggregate is decoded too', async () => {
      await db.deleteFrom('everyType').execute()
      await db.insert(everyType).values(row).execute()
      const inner = await db
        .selectFrom((eb) =>
          eb.selectFrom('everyType').select(['aBoolean', 'aTimestamp as moment']).as('inner'),
        )
        .selectAll()
        .executeTakeFirstOrThrow()
      expect(inner).toEqual({ aBoolean: false, moment: row.aTimestamp })
      const cte = await db
        .with('chosen', (q) => q.selectFrom('everyType').select(['aBigint', 'someBytes']))
        .selectFrom('chosen')
        .selectAll()
        .executeTakeFirstOrThrow()
      expect(cte).toEqual({ aBigint: row.aBigint, someBytes: row.someBytes })
      const aggregate = await db
        .selectFrom('everyType')
        .select(({ fn }) => [fn.max('aTimestamp').as('latest'), fn.countAll<number>().as('count')])
        .executeTakeFirstOrThrow()
      expect(aggregate).toEqual({ latest: row.aTimestamp, count: 1 })
    })
  })
}
