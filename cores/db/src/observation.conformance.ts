/**
 * The promise of observation, tried with random schemas, reads and writes: a read whose result a write has changed shares a
 * tag with that write. Each dialect runs this on a real database.
 */

import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { ConformanceDatabase } from './dialect.conformance.ts'
import {
  createDbClient,
  createStatements,
  type DataScope,
  DbError,
  everythingTag,
  toSnapshot,
} from './index.ts'
import { programs, runWrite, type Write } from './random-programs/programs.conformance.ts'
import { type Read, toQuery } from './random-programs/reads.conformance.ts'
import { makeSchema, type Shape } from './random-programs/tables.conformance.ts'
import { type Db, seed } from './random-programs/values.conformance.ts'

/** A read's or write's tags. */
type Tags = ReadonlySet<string>

/** Runs the property; a program takes some milliseconds in memory, and a tenth of a second on a server. */
export function testObservation(
  name: string,
  open: () => Promise<ConformanceDatabase>,
  numRuns: number,
): void {
  const timeout = 180_000 + numRuns * 200
  test(
    `${name}: a read whose result was changed shares a tag with the write that changed it`,
    { timeout },
    async () => {
      await using database = await open()
      await fc.assert(
        fc.asyncProperty(programs, (program) => runProgram(database, program)),
        { numRuns },
      )
    },
  )
}

async function runProgram(
  { dialect }: ConformanceDatabase,
  {
    shape,
    reads,
    writes,
  }: {
    readonly shape: Shape
    readonly reads: readonly Read[]
    readonly writes: readonly Write[]
  },
): Promise<void> {
  const schema = makeSchema(shape)
  let scope: DataScope | undefined
  await using client = createDbClient({ schema, dialect, scope: () => scope })
  // cast: names are chosen at random
  const db = client as unknown as Db
  for (const name of ['notes', 'pairs', 'owned_items', 'owners'])
    await sql.raw(`drop table if exists ${name}`).execute(db)
  for (const text of createStatements(toSnapshot(schema), dialect.ddl))
    await sql.raw(text).execute(db)
  await seed(db, shape)

  /** The tags that `work` observed. */
  const observe = async (work: () => Promise<unknown>): Promise<{ reads: Tags; writes: Tags }> => {
    const seen = { reads: new Set<string>(), writes: new Set<string>() }
    scope = {
      principal: () => undefined,
      signal: undefined,
      transaction: undefined,
      observe: (observation) => {
        for (const tag of observation.reads) seen.reads.add(tag)
        for (const tag of observation.writes) seen.writes.add(tag)
      },
    }
    try {
      await work()
    } catch (error) {
      // What the database refused has changed nothing; anything else is a fault.
      if (!(error instanceof DbError)) throw error
    } finally {
      scope = undefined
    }
    return seen
  }
  const look = async (one: Read): Promise<{ result: string; sql: string; tags: Tags }> => {
    let result = 'refused'
    const query = toQuery(db, shape, one)
    const { reads: tags } = await observe(async () => {
      const rows = await query.execute()
      result = JSON.stringify(rows.map((row) => JSON.stringify(row)).toSorted())
    })
    return { result, sql: query.compile().sql, tags }
  }

  let before: (readonly [Read, Awaited<ReturnType<typeof look>>])[] = []
  for (const one of reads) before.push([one, await look(one)])
  for (const one of writes) {
    const { writes: tags } = await observe(() =>
      runWrite(db, shape, one, {
        returning: dialect.capabilities.returning,
        changesInExpressions: dialect.name === 'postgres',
      }),
    )
    const after: typeof before = []
    for (const [wanted, old] of before) {
      const now = await look(wanted)
      after.push([wanted, now])
      if (now.result === old.result || meet(old.tags, tags)) continue
      expect.unreachable(
        `${old.sql} read [${[...old.tags].join(' ')}] and changed from ${old.result} to ${now.result} by a write of [${[...tags].join(' ')}]`,
      )
    }
    before = after
  }
}

function meet(reads: Tags, writes: Tags): boolean {
  if (reads.size === 0 || writes.size === 0) return false
  if (reads.has(everythingTag) || writes.has(everythingTag)) return true
  return [...reads].some((tag) => writes.has(tag))
}
