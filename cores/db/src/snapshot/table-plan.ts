/** What planning one table is about. */

import type { Change } from './changes.ts'
import type { PlanFacts } from './plan-changes.ts'
import type { ColumnSnapshot, SchemaSnapshot, TableSnapshot } from './snapshot.ts'

/** The changes of one table, in the order of their parts. */
export interface TablePlan {
  readonly rename: readonly Change[]
  readonly remove: readonly Change[]
  readonly columns: readonly Change[]
  readonly add: readonly Change[]
}

/** The snapshots and facts around a table. */
export interface PlanContext {
  readonly facts: PlanFacts
  readonly from: SchemaSnapshot
  readonly to: SchemaSnapshot
}

/** Columns of `other` that `one` has not. */
export function added(one: TableSnapshot, other: TableSnapshot): readonly ColumnSnapshot[] {
  const names = new Set(one.columns.map((column) => column.name))
  return other.columns.filter((column) => !names.has(column.name))
}
