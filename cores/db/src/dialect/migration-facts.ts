/** What the migration runner must know of a dialect. */

/** Runs one statement on the connection that migrates. */
export type RunSql = (
  sql: string,
  parameters?: readonly unknown[],
) => Promise<readonly Record<string, unknown>[]>

/** The facts of locking and bookkeeping. */
export interface MigrationFacts {
  /**
   * Takes the lock on the migrating connection itself, so that it ends with it.
   *
   * @returns false when another connection holds it.
   */
  lock(run: RunSql): Promise<boolean>
  unlock(run: RunSql): Promise<void>
  /** Creates the bookkeeping table unless it exists. */
  readonly createTable: string
  /** Whether the bookkeeping table exists: one row or none. */
  readonly findTable: string
  /** How a parameter is written: `$1` or `?`. */
  parameter(position: number): string
  /** Begins the transaction of one step. */
  readonly begin: string
}
