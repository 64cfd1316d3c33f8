/** Random schemas in pairs, with rows in them: what introspection and migrations must do with every one of them. */

import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { DialectPackage } from './dialect/dialect-package.ts'
import { onConnection } from './migrate/bookkeeping.ts'
import { lossesOf } from './migrate/losses.ts'
import { proveMigration } from './migrate/prove.ts'
import type { OpenScratch } from './migrate/scratch.ts'
import { toSteps } from './migrate/to-steps.ts'
import { compareFolded, describeDifference } from './snapshot/compare.ts'
import { createStatements } from './snapshot/create-statements.ts'
import { foldSnapshot } from './snapshot/fold.ts'
import { planChanges } from './snapshot/plan-changes.ts'
import { emptySnapshot, type SchemaSnapshot } from './snapshot/snapshot.ts'
import { snapshotPairs } from './schema-pairs/arbitrary.conformance.ts'
import { formatScript, parseScript } from './migrate/script.ts'

/** Pairs of one run. */
const runs = process.env['MIZAN_NIGHTLY'] === '1' ? 1000 : 50
/** By day the same pairs each time, so that a run says something of the change before it; at night others. */
const settings = { endOnFailure: true, ...(runs > 50 ? {} : { seed: 20261121 }) }

/** Runs the properties on one database. */
export function testSchemaPairs(name: string, scratch: OpenScratch): void {
  describe(`${name} schemas:`, () => {
    let dialect: DialectPackage
    beforeAll(async () => {
      await using place = await scratch()
      dialect = place.dialect
    })

    test(
      'introspect(apply(ddl(s))) = s',
      async () => {
        await fc.assert(
          fc.asyncProperty(snapshotPairs(dialect), async ([snapshot]) => {
            await using place = await scratch()
            expect(await readBack(place.dialect, snapshot)).toEqual([])
          }),
          { ...settings, numRuns: Math.ceil(runs / 2) },
        )
      },
      runs * 4000,
    )

    test(
      'up, down and up again give the expected snapshots, and untouched rows stay',
      async () => {
        await fc.assert(
          fc.asyncProperty(snapshotPairs(dialect), async ([source, target]) => {
            const proof = await prove({ source, target, scratch })
            expect(proof.hash).toBe('second')
          }),
          { ...settings, numRuns: runs },
        )
      },
      runs * 8000,
    )
  })
}

async function readBack(
  dialect: DialectPackage,
  snapshot: SchemaSnapshot,
): Promise<readonly string[]> {
  return onConnection(dialect, async ({ run }) => {
    for (const sql of createStatements(snapshot, dialect.ddl)) await run(sql)
    const expected = await dialect.migrations.deparse(run, snapshot)
    const actual = await dialect.migrations.introspect(run)
    return compareFolded(
      foldSnapshot(expected, dialect.ddl, 'deparsed'),
      foldSnapshot(actual, dialect.ddl, 'deparsed'),
    ).map(describeDifference)
  })
}

interface Pair {
  readonly source: SchemaSnapshot
  readonly target: SchemaSnapshot
  readonly scratch: OpenScratch
}

async function prove({ source, target, scratch }: Pair) {
  await using place = await scratch()
  const { dialect } = place
  const steps = (from: SchemaSnapshot, to: SchemaSnapshot) =>
    parseScript(
      formatScript([], toSteps(planChanges(from, to, { ...dialect.ddl, restores: true }), dialect)),
      'script',
    )
  const migration = (
    id: string,
    from: SchemaSnapshot,
    to: SchemaSnapshot,
    parent: string | null,
  ) => ({
    id,
    meta: {
      version: 1 as const,
      id,
      name: id,
      dialect: dialect.name,
      parent,
      createdAt: '',
      hash: id,
      steps: { up: [], down: [] },
    },
    up: steps(from, to),
    down: steps(to, from),
    snapshot: to,
    hash: id,
  })
  return await proveMigration({
    before: [migration('first', emptySnapshot, source, null)],
    migration: migration('second', source, target, 'first'),
    scratch,
    losses: lossesOf(planChanges(source, target, { ...dialect.ddl, restores: true })),
  })
}
