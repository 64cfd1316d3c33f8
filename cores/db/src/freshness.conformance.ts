/**
 * The promise of cache and observation together, in one process: whatever is read, written, rolled back, cascaded or done by
 * triggers, no context that was cached is served stale. Each dialect runs this on a real database.
 */

import { client, collect, createApp, defineContext, type Fn } from '@mizan/server'
import { createCaller } from '@mizan/testing'
import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { ConformanceDatabase } from './dialect.conformance.ts'
import {
  boolean,
  createDbClient,
  createStatements,
  DbError,
  type DialectPackage,
  integer,
  relations,
  table,
  toSnapshot,
  triggers,
  varchar,
  viewOf,
} from './index.ts'
import { dbPlugin } from './plugin.ts'
import { programs, runWrite } from './random-programs/programs.conformance.ts'
import { toQuery } from './random-programs/reads.conformance.ts'
import { makeSchema } from './random-programs/tables.conformance.ts'
import { type Db, seed } from './random-programs/values.conformance.ts'

const trigger = fc.record({
  on: fc.constantFrom('owners', 'items', 'pairs', 'notes'),
  event: fc.constantFrom('insert', 'update', 'delete'),
  does: fc.constantFrom('count', 'note', 'clear'),
})
/** Where a write is made: in a mutation, in one that then fails, in one without a transaction, in no run. */
const place = fc.constantFrom('mutation', 'mutation', 'mutation', 'failing', 'apart', 'job')

const worlds = fc.record({
  program: programs,
  trigger: fc.option(trigger, { freq: 2 }),
  isDeclared: fc.boolean(),
  places: fc.array(place, { minLength: 10, maxLength: 10 }),
  /** How many writes are made at once, at each turn. */
  crowds: fc.array(fc.constantFrom(1, 1, 2, 3), { minLength: 10, maxLength: 10 }),
})
type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never

/** What a trigger does, and to which table. */
const deeds = {
  count: ['items', 'update owned_items set how_many = coalesce(how_many, 0) + 1'],
  note: ['notes', 'insert into notes (flag) values (true)'],
  clear: ['notes', 'delete from notes'],
} as const
const sqlNames = { owners: 'owners', items: 'owned_items', pairs: 'pairs', notes: 'notes' } as const
const secret = 'a-cache-secret-for-tests-of-32-bytes!!'
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** Runs the property; a world takes some tens of milliseconds. */
export function testFreshness(
  name: string,
  open: () => Promise<ConformanceDatabase>,
  numRuns: number,
): void {
  const timeout = 180_000 + numRuns * 200
  test(`${name}: no cached context is served stale`, { timeout }, async () => {
    await using database = await open()
    const hits = { count: 0 }
    await fc.assert(
      fc.asyncProperty(worlds, (world) => runWorld(database, world, hits)),
      { numRuns },
    )
    expect(hits.count).toBeGreaterThan(numRuns)
  })
}

/** The tables, a view of one of them, and what is stated of triggers and views. */
function schemaOf({ program: { shape }, trigger: has, isDeclared }: World) {
  const tables = makeSchema(shape)
  const ownerView = table('owner_view', {
    id: shape.key === 'text' ? varchar(8) : integer(),
    label: varchar(4),
    flag: boolean(),
  })
  const deed = has && deeds[has.does]
  const { owners, items, pairs } = tables
  return {
    tables,
    schema: {
      ...tables,
      ownerView,
      ownerRelations: relations(owners, ({ many }) => ({ items: many(items) })),
      itemRelations: relations(items, ({ one, many }) => ({
        owner: one(owners, { fields: [items.ownerId], references: [owners.id] }),
        parent: one(items, {
          fields: [items.parentId],
          references: [items.id],
          relationName: 'tree',
        }),
        children: many(items, { relationName: 'tree' }),
        pairs: many(pairs),
      })),
      pairRelations: relations(pairs, ({ one }) => ({
        item: one(items, { fields: [pairs.itemId], references: [items.id] }),
      })),
      ...(isDeclared ? { ofView: viewOf(ownerView, () => [tables.owners]) } : {}),
      ...(isDeclared && has && deed
        ? { ofTrigger: triggers(tables[has.on], () => [tables[deed[0]]]) }
        : {}),
    },
  }
}

async function prepare(dialect: DialectPackage, world: World): Promise<void> {
  const { tables } = schemaOf(world)
  await using client = createDbClient({ schema: tables, dialect })
  const run = (text: string) => sql.raw(text).execute(client)
  await run(
    dialect.name === 'postgres'
      ? 'drop function if exists deed() cascade'
      : 'drop trigger if exists deed',
  )
  await run('drop view if exists owner_view')
  for (const name of ['notes', 'pairs', 'owned_items', 'owners'])
    await run(`drop table if exists ${name}`)
  for (const text of createStatements(toSnapshot(tables), dialect.ddl)) await run(text)
  await run('create view owner_view as select id, label, flag from owners')
  await seed(client as unknown as Db, world.program.shape) // cast: names are chosen at random
  if (world.trigger === null) return
  const { on, event, does } = world.trigger
  const deed = deeds[does][1]
  if (dialect.name === 'postgres') {
    await run(
      `create or replace function deed() returns trigger language plpgsql as $$ begin if pg_trigger_depth() < 3 then ${deed}; end if; return null; end $$`,
    )
    await run(
      `create trigger deed after ${event} on ${sqlNames[on]} for each row execute function deed()`,
    )
  } else {
    const body = dialect.name === 'sqlite' ? `begin ${deed}; end` : deed
    await run(`create trigger deed after ${event} on ${sqlNames[on]} for each row ${body}`)
  }
}

async function runWorld(
  { dialect }: ConformanceDatabase,
  world: World,
  hits: { count: number },
): Promise<void> {
  await prepare(dialect, world)
  const { shape, reads, writes } = world.program
  const { schema } = schemaOf(world)
  await using direct = createDbClient({ schema, dialect })
  const database = createDbClient({ schema, dialect })
  // cast: names are chosen at random
  const [plain, db] = [direct, database] as unknown as readonly [Db, Db]
  const abilities = {
    returning: dialect.capabilities.returning,
    changesInExpressions: dialect.name === 'postgres',
  }
  const looks = [
    ...reads.map((one) => (on: Db) => look(on, (from) => toQuery(from, shape, one))),
    (on: Db) => look(on, (from) => from.selectFrom('ownerView').selectAll()),
    (on: Db) =>
      look(on, (from) => ({
        execute: () =>
          // cast: it is one of the two clients
          (from as unknown as typeof direct).query.owners.findMany({
            with: { items: { with: { children: { with: { pairs: true } }, parent: true } } },
          }),
      })),
  ]
  const perform = async (index: number): Promise<void> =>
    runWrite(db, shape, at(writes, index), abilities)
  await using app = createApp({
    functions: collect(
      ...looks.map((read, index): Fn => {
        const named = { [`read${index}`]: async (): Promise<string> => read(db) }
        return client({ context: defineContext(`read${index}`) }, named[`read${index}`] as Fn)
      }),
      client(async function mutation(index: number): Promise<void> {
        await perform(index)
      }),
      client(async function failing(index: number): Promise<void> {
        await perform(index)
        throw new RangeError('undo this')
      }),
      client({ transaction: false }, async function apart(index: number): Promise<void> {
        await perform(index)
      }),
    ),
    cache: { secret },
    plugins: [dbPlugin({ database, migrationsOnBoot: 'ignore' })],
    logger: silent,
  })
  const caller = createCaller(app)
  const fetchAll = async (): Promise<unknown[]> => {
    const all: unknown[] = []
    for (const index of looks.keys())
      all.push((await caller.fetchContext(`read${index}`))[`read${index}`])
    return all
  }
  // What a read depends on is learnt by the first run, and kept by the second.
  await fetchAll()
  await fetchAll()
  for (let turn = 0, index = 0; index < writes.length; turn += 1) {
    const crowd = [...writes.keys()].slice(index, index + at(world.crowds, turn))
    index += crowd.length
    const runs = crowd.map((one) => {
      const where = at(world.places, one)
      return where === 'job' ? perform(one) : caller.call(where, { index: one })
    })
    // Somebody reads meanwhile; what the database refuses has changed nothing.
    await Promise.allSettled([...runs, ...(crowd.length > 1 ? [fetchAll()] : [])])
    const served = await fetchAll()
    for (const [number, read] of looks.entries()) {
      const now = await read(plain)
      if (served[number] === now) continue
      expect.unreachable(
        `read ${number} (${describe(db, world, number)}) is served as ${String(served[number])} and is ${now} after ${JSON.stringify(crowd.map((one) => [world.places[one], writes[one]]))}`,
      )
    }
    await fetchAll()
  }
  hits.count += app.cacheStats()?.hits ?? 0
}

async function look(
  on: Db,
  query: (from: Db) => { execute(): Promise<unknown[]> },
): Promise<string> {
  try {
    const rows = await query(on).execute()
    return JSON.stringify(rows.map((row) => JSON.stringify(row)).toSorted())
  } catch (error) {
    if (error instanceof DbError) return 'refused'
    throw error
  }
}

function describe(db: Db, { program: { reads, shape } }: World, index: number): string {
  const one = reads[index]
  return one === undefined ? 'the view, or nested rows' : toQuery(db, shape, one).compile().sql
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index]
  if (found === undefined) throw new RangeError(`there is no ${index}`)
  return found
}
