/** What a database should have: the fold of what it has applied over the graph of parents. */

import { emptySnapshot, type SchemaSnapshot } from '../snapshot/snapshot.ts'
import type { StepRow } from './bookkeeping.ts'
import { isApplied } from './check.ts'
import { headsOf, lineOf, type Migration } from './migration-files.ts'
import { mergeSnapshots } from './three-way.ts'

/**
 * The snapshot of the last migration that is applied; where a database has two lines and not yet the migration that joins
 * them, the two joined.
 */
export function appliedSnapshot(
  migrations: readonly Migration[],
  rows: readonly StepRow[],
): SchemaSnapshot {
  const applied = migrations.filter((migration) => isApplied(migration, rows))
  const [first, ...others] = headsOf(applied)
  if (first === undefined) return emptySnapshot
  let { snapshot } = first
  let line = lineOf(applied, first)
  for (const head of others) {
    const own = lineOf(applied, head)
    const base = own.findLast((one) => line.includes(one))?.snapshot ?? emptySnapshot
    // Lines that change one thing in two ways are refused before they are joined.
    snapshot = mergeSnapshots(base, snapshot, head.snapshot).snapshot
    line = [...line, ...own]
  }
  return snapshot
}
