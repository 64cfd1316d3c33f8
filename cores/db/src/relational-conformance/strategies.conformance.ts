/** All ways to fetch relations give the same rows, and those that the query means. */

import fc from 'fast-check'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { ConformanceDatabase } from '../dialect.conformance.ts'
import { createDbClient, type Database } from '../index.ts'
import { type Strategy, strategies } from '../relational/loose-options.ts'
import type { LooseRelationalQuery } from '../relational/relational-query.ts'
import { answer, optionsOf, queries, type QueryPlan } from './random-query.conformance.ts'
import { createTables, worlds, type World } from './random-schema.conformance.ts'

/** Runs the property. */
export function testStrategies(
  name: string,
  open: () => Promise<ConformanceDatabase>,
  runs: number,
): void {
  describe(`${name} strategies:`, () => {
    test('every strategy gives the rows that a naive evaluation gives', async () => {
      await using database = await open()
      const own = strategies.filter((one) => one !== 'lateral' || database.dialect.json.lateral)
      await fc.assert(
        fc.asyncProperty(
          worlds,
          fc.array(queries(own), { minLength: 6, maxLength: 6 }),
          async (world, plans) => {
            await using db = await prepared(database, world)
            for (const [at, plan] of plans.entries())
              await compareAll(db, world, `t${at % 2}`, plan, own)
          },
        ),
        { numRuns: runs },
      )
    }, 300_000)

    test('pages by cursor neither skip nor repeat a row', async () => {
      await using database = await open()
      await fc.assert(
        fc.asyncProperty(worlds, queries(['correlated'], 1), async (world, plan) => {
          await using db = await prepared(database, world)
          const all = { ...plan, limit: null, offset: null }
          const expected = answer(all, 't0', world, world.rows.get('t0') ?? [])
          const rows: object[] = []
          let after: string | undefined
          do {
            const options = optionsOf(all, 't0', { world, strategy: undefined, own: false })
            const page = await queryOf(db, 't0').findPage({ ...options, limit: 2, after })
            rows.push(...page.rows)
            after = page.next
          } while (after !== undefined)
          expect(rows).toEqual(expected)
        }),
        { numRuns: runs },
      )
    }, 300_000)
  })
}

function queryOf(db: Database<Record<string, unknown>>, key: string): LooseRelationalQuery {
  return (db.query as unknown as Record<string, LooseRelationalQuery>)[key] as LooseRelationalQuery // cast: tables without types
}

async function compareAll(
  db: Database<Record<string, unknown>>,
  world: World,
  key: string,
  plan: QueryPlan,
  own: readonly Strategy[],
): Promise<void> {
  const expected = answer(plan, key, world, world.rows.get(key) ?? [])
  const query = queryOf(db, key)
  for (const strategy of [undefined, ...own]) {
    const found = await query.findMany(optionsOf(plan, key, { world, strategy, own: false }))
    expect(found, `strategy ${strategy}`).toEqual(expected)
  }
  expect(
    await query.findMany(optionsOf(plan, key, { world, strategy: undefined, own: true })),
    'mixed',
  ).toEqual(expected)
}

async function prepared(
  database: ConformanceDatabase,
  world: World,
): Promise<Database<Record<string, unknown>>> {
  const { dialect } = database
  const db = createDbClient({ schema: world.module, dialect }) as unknown as Database<
    Record<string, unknown>
  > // cast: a schema of any tables
  const { quote, tableOptions } = dialect.ddl
  for (const name of ['w_between', 'w_t0', 'w_t1', 'w_t2', 'w_t3'])
    await sql.raw(`drop table if exists ${quote(name)}`).execute(db)
  const collation =
    dialect.name === 'postgres'
      ? (text: string) => text.replaceAll('varchar(20)', 'varchar(20) collate "C"')
      : (text: string) => text
  for (const statement of createTables(world, quote, tableOptions))
    await sql.raw(collation(statement)).execute(db)
  for (const [key, rows] of world.rows)
    if (rows.length > 0)
      await db
        .insertInto(key as never)
        .values(rows as never)
        .execute() // cast: as above
  return db
}
