/** What is applied and what waits. */

import type { DialectPackage } from '../dialect/dialect-package.ts'
import { onConnection, readRows } from './bookkeeping.ts'
import { assertHistory, doneSteps, isApplied, isReverting } from './check.ts'
import { readMigrations } from './migration-files.ts'

/** A migration that the database has. */
export interface AppliedMigration {
  readonly id: string
  /** Migrations of one batch were applied together. */
  readonly batch: number
}

/** The state of a database against its migrations. */
export interface MigrationStatus {
  readonly applied: readonly AppliedMigration[]
  /** Ids, in the order in which they would be applied. */
  readonly pending: readonly string[]
  /** The first of {@link MigrationStatus.pending}, when some of its steps are done. */
  readonly partial:
    | { readonly id: string; readonly done: number; readonly steps: number }
    | undefined
  /** The migration that is being taken back, when some of its steps are. */
  readonly reverting?: { readonly id: string; readonly done: number; readonly steps: number }
  /** A step whose statement may have happened or not; the next run looks. */
  readonly interrupted?: { readonly id: string; readonly step: number }
}

/**
 * Compares without changing anything; no lock is taken.
 *
 * @throws MigrationHashError, UnknownMigrationError
 */
export async function migrationStatus(options: {
  readonly migrations: string
  readonly dialect: DialectPackage
}): Promise<MigrationStatus> {
  const migrations = await readMigrations(options.migrations)
  const rows = await onConnection(options.dialect, ({ run }) => readRows(run, options.dialect))
  assertHistory(migrations, rows)
  const pending = migrations.filter((migration) => !isApplied(migration, rows))
  const [first] = pending
  const half = migrations.find((migration) => isReverting(migration, rows))
  const begun = rows.find((row) => row.state === 'started')
  const done = first === undefined ? 0 : doneSteps(first, rows)
  return {
    applied: migrations
      .filter((migration) => !pending.includes(migration))
      .map(({ id }) => ({ id, batch: rows.find((row) => row.id === id)?.batch ?? 0 })),
    pending: pending.map((migration) => migration.id),
    partial:
      first === undefined || done === 0
        ? undefined
        : { id: first.id, done, steps: first.up.length },
    ...(half === undefined
      ? {}
      : {
          reverting: {
            id: half.id,
            done: rows.filter((row) => row.id === half.id && row.step < 0 && row.state === 'done')
              .length,
            steps: half.down.length,
          },
        }),
    ...(begun === undefined ? {} : { interrupted: { id: begun.id, step: begun.step } }),
  }
}
