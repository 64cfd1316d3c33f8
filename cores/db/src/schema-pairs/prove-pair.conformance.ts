/** A pair of schemas on a real database: read back, and walked from one to the other. */

import type { DialectPackage } from '../dialect/dialect-package.ts'
import { onConnection } from '../migrate/bookkeeping.ts'
import { lossesOf } from '../migrate/losses.ts'
import type { Proof } from '../migrate/proof.ts'
import { proveMigration } from '../migrate/prove.ts'
import { rolesOf } from '../migrate/roles.ts'
import type { OpenScratch } from '../migrate/scratch.ts'
import { formatScript, parseScript } from '../migrate/script.ts'
import { toSteps } from '../migrate/to-steps.ts'
import { compareFolded, describeDifference } from '../snapshot/compare.ts'
import { createStatements } from '../snapshot/create-statements.ts'
import { foldSnapshot } from '../snapshot/fold.ts'
import { withImplied } from '../snapshot/grants/implied-grants.ts'
import { planChanges } from '../snapshot/plan-changes.ts'
import { type Rename, reversedRenames } from '../snapshot/renames.ts'
import {
  emptySnapshot,
  formatSnapshot,
  parseSnapshot,
  type SchemaSnapshot,
} from '../snapshot/snapshot.ts'
import { schemasOf } from '../snapshot/identity.ts'

/** What the database does not give back of a snapshot; none when it gives back all. */
export async function readBack(
  dialect: DialectPackage,
  snapshot: SchemaSnapshot,
): Promise<readonly string[]> {
  return onConnection(dialect, async ({ run }) => {
    await dialect.migrations.lendRoles?.(run, rolesOf(snapshot))
    for (const sql of createStatements(snapshot, dialect.ddl)) await run(sql)
    const expected = await dialect.migrations.deparse(run, snapshot)
    const actual = withImplied(
      await dialect.migrations.introspect(run, schemasOf(snapshot)),
      snapshot,
    )
    return compareFolded(
      foldSnapshot(expected, dialect.ddl, 'deparsed'),
      foldSnapshot(actual, dialect.ddl, 'deparsed'),
    ).map(describeDifference)
  })
}

/** A change, and where it is tried. */
export interface Pair {
  readonly source: SchemaSnapshot
  readonly target: SchemaSnapshot
  readonly renames: readonly Rename[]
  readonly scratch: OpenScratch
}

/** Walks the change up, down and up on an empty database. */
export async function provePair({ source: given, target, renames, scratch }: Pair): Promise<Proof> {
  // What is left comes from a file, whose members stand in another order.
  const source = parseSnapshot(formatSnapshot(given), 'source')
  await using place = await scratch()
  const { dialect } = place
  const facts = { ...dialect.ddl, restores: true }
  const steps = (from: SchemaSnapshot, to: SchemaSnapshot, stated: readonly Rename[]) =>
    parseScript(
      formatScript([], toSteps(planChanges(from, to, { ...facts, renames: stated }), dialect)),
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
    up: steps(from, to, renames),
    down: steps(to, from, reversedRenames(renames)),
    snapshot: to,
    hash: id,
  })
  return await proveMigration({
    before: [migration('first', emptySnapshot, source, null)],
    migration: migration('second', source, target, 'first'),
    scratch,
    renames,
    losses: lossesOf(planChanges(source, target, { ...facts, renames })),
  })
}
