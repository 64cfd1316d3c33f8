/** The connection that migrates, and its transactions. */

import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { RunSql } from '../dialect/migration-facts.ts'
import type { MigrationDb } from './data-migration.ts'

/** Runs a statement and says how many rows it changed. */
export type ChangeSql = (sql: string) => Promise<number>

/** The connection of a migration. */
export interface MigrationConnection {
  readonly dialect: DialectPackage
  readonly run: RunSql
  readonly change: ChangeSql
  /** The same connection, for code. */
  readonly db: MigrationDb
  /** A transaction is open, which several steps share. @default false */
  readonly isInTransaction?: boolean
}

/** Runs `work` in the transaction of one step, or in the one that it shares. */
export async function inTransaction(
  { run, dialect, isInTransaction = false }: MigrationConnection,
  work: () => Promise<void>,
): Promise<void> {
  if (isInTransaction) return work()
  await run(dialect.migrations.begin)
  try {
    await work()
    await run('commit')
  } catch (error) {
    // The first error is the one to hear of.
    await run('rollback').catch(() => undefined)
    throw error
  }
}
