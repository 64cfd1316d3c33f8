/** A value of every column type is the same two levels deep as at the top, whatever the strategy. */

import fc from 'fast-check'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { ConformanceDatabase } from '../dialect.conformance.ts'
import {
  type AnyColumnBuilder,
  bigint,
  boolean,
  bytea,
  char,
  createDbClient,
  createStatements,
  customType,
  date,
  doublePrecision,
  enumType,
  eq,
  integer,
  interval,
  json,
  jsonb,
  numeric,
  real,
  relations,
  smallint,
  table,
  text,
  time,
  timestamp,
  timestamptz,
  toSnapshot,
  uuid,
  varchar,
} from '../index.ts'
import { strategies } from '../relational/loose-options.ts'

/** What differs between databases. */
export interface NestedValueOptions {
  /** NaN, the infinities and years before Christ can be stored. */
  readonly extremes: boolean
  readonly infinities: boolean
  /** Columns of types that only this dialect has, and values for them. */
  readonly own: Readonly<
    Record<string, { readonly column: AnyColumnBuilder; readonly values: fc.Arbitrary<unknown> }>
  >
}

interface Point {
  readonly x: number
}

const level = enumType('nested_level', ['low', "it's high"])
const point = customType<Point, string>({
  dataType: () => text(),
  toDriver: ({ x }) => `@${x}`,
  fromDriver: (stored) => ({ x: Number(stored.slice(1)) }),
})

const columns = {
  aSmallint: smallint(),
  anInteger: integer(),
  aBigint: bigint(),
  aNumeric: numeric({ precision: 14, scale: 4 }),
  aReal: real(),
  aDouble: doublePrecision(),
  aVarchar: varchar(60),
  aChar: char(3),
  aText: text(),
  aBoolean: boolean(),
  aTimestamp: timestamp(),
  aTimestamptz: timestamptz(),
  aFineTimestamp: timestamp({ precision: 6 }),
  aFineTimestamptz: timestamptz({ precision: 6 }),
  aDate: date(),
  aTime: time({ precision: 6 }),
  anInterval: interval(),
  aUuid: uuid(),
  aJson: json<unknown>(),
  aJsonb: jsonb<unknown>(),
  someBytes: bytea(),
  aLevel: level(),
  aPoint: point(),
}

const milliseconds = fc.date({
  min: new Date('1000-01-01T00:00:00.000Z'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
})
const fine = fc
  .tuple(milliseconds, fc.nat(999))
  .map(([day, micros]) => day.toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`))
const plainText = fc.string({ unit: 'binary', maxLength: 30 }).filter((one) => !one.includes('\0'))

function rows({
  extremes,
  infinities,
  own,
}: NestedValueOptions): fc.Arbitrary<Record<string, unknown>> {
  const doubles = fc.double({ noNaN: !extremes, noDefaultInfinity: !infinities })
  const moments = extremes
    ? fc.oneof(
        milliseconds,
        fc.constantFrom(
          new Date(8.64e15),
          new Date(-8.64e15),
          new Date('-000043-03-15T12:00:00.000Z'),
        ),
      )
    : milliseconds
  const values: Record<keyof typeof columns, fc.Arbitrary<unknown>> = {
    aSmallint: fc.integer({ min: -32_768, max: 32_767 }),
    anInteger: fc.integer(),
    aBigint: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    aNumeric: fc.integer({ min: -1e9, max: 1e9 }).map((value) => (value / 10_000).toFixed(4)),
    aReal: fc.float({ noNaN: !extremes, noDefaultInfinity: !infinities }),
    aDouble: doubles,
    aVarchar: plainText,
    aChar: fc.constantFrom('abc', 'x y'),
    aText: plainText,
    aBoolean: fc.boolean(),
    aTimestamp: moments,
    aTimestamptz: moments,
    aFineTimestamp: fine,
    aFineTimestamptz: fine,
    aDate: fc.constantFrom('2024-02-29', '1000-01-01', '9999-12-31'),
    aTime: fc.constantFrom('23:59:59.999999', '00:00:00.000001'),
    anInterval: fc.constantFrom('1 day 02:03:04', '00:00:00'),
    aUuid: fc.uuid(),
    aJson: fc
      .jsonValue({ maxDepth: 2 })
      .filter((value) => value !== null && !JSON.stringify(value).includes('\\u0000')),
    aJsonb: fc
      .jsonValue({ maxDepth: 2 })
      .filter((value) => value !== null && !/\\u0000|\\ud|e[+-]|-0/.test(JSON.stringify(value))),
    someBytes: fc.uint8Array({ maxLength: 20 }),
    aLevel: fc.constantFrom('low', "it's high"),
    aPoint: fc.record({ x: fc.integer() }),
  }
  const all = {
    ...values,
    ...Object.fromEntries(Object.entries(own).map(([key, one]) => [key, one.values])),
  }
  return fc.record(
    Object.fromEntries(Object.entries(all).map(([key, one]) => [key, fc.option(one, { freq: 6 })])),
  )
}

/** Runs the property. */
export function testNestedValues(
  name: string,
  open: () => Promise<ConformanceDatabase>,
  options: NestedValueOptions & { readonly runs: number },
): void {
  const roots = table('nested_roots', { id: integer().primaryKey() })
  const middles = table('nested_middles', {
    id: integer().primaryKey(),
    rootId: integer()
      .notNull()
      .references(() => roots.id),
  })
  const own: Record<string, AnyColumnBuilder> = Object.fromEntries(
    Object.entries(options.own).map(([key, { column }]) => [key, column]),
  )
  const leaves = table('nested_leaves', {
    id: integer().primaryKey(),
    middleId: integer()
      .notNull()
      .references(() => middles.id),
    ...columns,
    ...own,
  })
  const schema = {
    level,
    roots,
    middles,
    leaves,
    rootRelations: relations(roots, ({ many }) => ({ middles: many(middles) })),
    middleRelations: relations(middles, ({ many }) => ({
      leaves: many(leaves, { fields: [leaves.middleId] }),
    })),
    leafRelations: relations(leaves, ({ one }) => ({
      middle: one(middles, { fields: [leaves.middleId], references: [middles.id] }),
    })),
  }

  describe(`${name} nested values:`, () => {
    test('a value of every type is the same two levels deep as at the top, by every strategy', async () => {
      await using database = await open()
      await using db = createDbClient({ schema, dialect: database.dialect })
      for (const statement of createStatements(toSnapshot(schema), database.dialect.ddl))
        await sql.raw(statement).execute(db)
      await db.insert(roots).values({ id: 1 }).execute()
      await db.insert(middles).values({ id: 1, rootId: 1 }).execute()
      const usable = strategies.filter((one) => one !== 'lateral' || database.dialect.json.lateral)
      await fc.assert(
        fc.asyncProperty(fc.array(rows(options), { minLength: 1, maxLength: 3 }), async (given) => {
          await db.deleteFrom('leaves').execute()
          await db
            .insertInto('leaves')
            .values(given.map((row, id) => ({ ...row, id, middleId: 1 })) as never) // cast: random values
            .execute()
          const outside = await db.selectFrom('leaves').selectAll().orderBy('id').execute()
          for (const [at, row] of given.entries())
            expect(stored(outside[at])).toEqual(stored(row, outside[at]))
          for (const strategy of usable) {
            const found = await db.query.roots.findMany({
              with: { middles: { with: { leaves: true } } },
              strategy,
            })
            expect(found[0]?.middles[0]?.leaves, strategy).toStrictEqual(outside)
          }
        }),
        { numRuns: options.runs },
      )
    }, 300_000)

    test('JSON null and no value are the same inside as outside', async () => {
      await using database = await open()
      await using db = createDbClient({ schema, dialect: database.dialect })
      for (const statement of createStatements(toSnapshot(schema), database.dialect.ddl))
        await sql.raw(statement).execute(db)
      await db.insert(roots).values({ id: 1 }).execute()
      await db.insert(middles).values({ id: 1, rootId: 1 }).execute()
      await sql`insert into nested_leaves (id, middle_id, a_json, a_jsonb) values (1, 1, 'null', 'null'), (2, 1, '"null"', '[null]')`.execute(
        db,
      )
      const outside = await db.selectFrom('leaves').selectAll().orderBy('id').execute()
      const [first, second] = await db.query.leaves.findMany({ with: { middle: true } })
      const [root] = await db.query.roots.findMany({
        with: { middles: { with: { leaves: true } } },
      })
      expect(root?.middles[0]?.leaves).toStrictEqual(outside)
      expect([first?.aJson, first?.aJsonb, second?.aJson, second?.aJsonb]).toEqual([
        null,
        null,
        'null',
        [null],
      ])
    })

    test('a cursor stands between moments that differ by a microsecond', async () => {
      await using database = await open()
      await using db = createDbClient({ schema, dialect: database.dialect })
      for (const statement of createStatements(toSnapshot(schema), database.dialect.ddl))
        await sql.raw(statement).execute(db)
      await db.insert(roots).values({ id: 1 }).execute()
      await db.insert(middles).values({ id: 1, rootId: 1 }).execute()
      await db
        .insertInto('leaves')
        .values(
          [3, 1, 2, 1].map((micro, id) => ({
            id,
            middleId: 1,
            aFineTimestamp: `2026-11-20T13:37:00.00000${micro}Z`,
          })) as never,
        ) // cast: a table of any columns
        .execute()
      const seen: number[] = []
      let after: string | undefined
      do {
        const page = await db.query.leaves.findPage({
          columns: { id: true },
          orderBy: (leaf, { desc }) => desc(leaf.aFineTimestamp),
          where: (leaf) => eq(leaf.middleId, 1),
          limit: 1,
          after,
        })
        seen.push(...page.rows.map((row) => row.id))
        after = page.next
      } while (after !== undefined)
      expect(seen).toEqual([0, 2, 1, 3])
      for (const forged of ['', 'x', 'W10', btoa('["nested_leaves:id+",1]'), 5 as never])
        await expect(
          db.query.leaves.findMany({
            orderBy: (leaf, { desc }) => desc(leaf.aFineTimestamp),
            after: forged,
          }),
        ).rejects.toMatchObject({ code: 'invalid_cursor' })
    })
  })
}

/** What a database may change: the digits of a `real`, blanks of a `char`, -0. */
function stored(row: object | undefined, like?: object): Record<string, unknown> {
  const plain = (value: unknown): unknown => (Object.is(value, -0) ? 0 : value)
  return Object.fromEntries(
    Object.entries(row ?? {}).flatMap(([key, value]) =>
      key === 'id' ||
      key === 'middleId' ||
      key === 'aReal' ||
      key === 'aJson' ||
      key === 'aJsonb' ||
      (like !== undefined && !(key in like))
        ? []
        : [[key, plain(value)]],
    ),
  )
}
