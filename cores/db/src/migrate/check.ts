/** Compares what a database has applied with the files. */

import { MigrationHashError, UnknownMigrationError } from '../errors.ts'
import type { StepRow } from './bookkeeping.ts'
import type { Migration } from './migration-files.ts'

/** @throws UnknownMigrationError, MigrationHashError */
export function assertHistory(migrations: readonly Migration[], rows: readonly StepRow[]): void {
  const byId = new Map(migrations.map((migration) => [migration.id, migration]))
  for (const row of rows) {
    const migration = byId.get(row.id)
    if (migration === undefined) {
      throw new UnknownMigrationError(
        `The database has applied ${row.id}, whose files are not here. Get them from version control, or migrate with the ` +
          'version of the application that has them',
      )
    }
    if (migration.hash !== row.hash) {
      throw new MigrationHashError(
        `${row.id} was applied with other files than those that are here. Restore them from version control; a change to an ` +
          'applied migration is a new migration',
      )
    }
  }
  for (const { id, hash, meta } of migrations) {
    if (hash === meta.hash) continue
    throw new MigrationHashError(
      `The files of ${id} are not those that its meta.json is for. If you edited it by hand, seal it: mizan db seal ${id}`,
    )
  }
}

/** How many steps of a migration are done. */
export function doneSteps(migration: Migration, rows: readonly StepRow[]): number {
  return rows.filter((row) => row.id === migration.id && row.state === 'done').length
}

/** Whether all of it is applied. A migration without statements counts as one step. */
export function isApplied(migration: Migration, rows: readonly StepRow[]): boolean {
  return doneSteps(migration, rows) >= Math.max(1, migration.up.length)
}
