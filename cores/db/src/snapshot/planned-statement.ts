/** One statement of a migration, and how it may be run. */

import type { Change } from './changes.ts'

/**
 * `tx`: in one transaction with its bookkeeping. `notx`: by itself, with its intent stored first. `batch`: again and again,
 * each time in a transaction of its own, until it changes no row. `rebuild`: a transaction in which foreign keys are
 * not enforced, and after which no new violation may be found.
 */
export type StatementKind = 'tx' | 'notx' | 'batch' | 'rebuild'

/** A statement that was planned. */
export interface PlannedStatement {
  readonly sql: string
  readonly kind: StatementKind
  /** Its lock, whether it rewrites or scans the table, and why it has this form. */
  readonly note?: string
}

/** What a dialect must know to choose a form. */
export interface PlanSurroundings {
  /** Tables that the same migration creates: nobody waits for them and they have no rows. */
  readonly fresh: ReadonlySet<string>
  /** All changes of the migration. */
  readonly changes: readonly Change[]
}
