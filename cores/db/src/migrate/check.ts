/** Compares what a database has applied with the files. */

import {
  MigrationError,
  MigrationHashError,
  MigrationProofError,
  UnknownMigrationError,
} from '../migration-errors.ts'
import type { StepRow } from './bookkeeping.ts'
import type { Migration } from './migration-files.ts'
import type { MigrationConnection } from './migration-connection.ts'
import type { MigrateOptions } from './runner.ts'

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
      `The files of ${id} are not those that its meta.json is for. If you edited it by hand, seal it: mizan db prove ${id}`,
    )
  }
}

/** How many steps of a migration are done. */
export function doneSteps(migration: Migration, rows: readonly StepRow[]): number {
  return rows.filter((row) => row.id === migration.id && row.state === 'done' && row.step > 0)
    .length
}

/** Whether all of it is applied. A migration without statements counts as one step. */
export function isApplied(migration: Migration, rows: readonly StepRow[]): boolean {
  return (
    doneSteps(migration, rows) >= Math.max(1, migration.up.length) && !isReverting(migration, rows)
  )
}

/** Whether taking it back was begun. */
export function isReverting({ id }: Migration, rows: readonly StepRow[]): boolean {
  return rows.some((row) => row.id === id && row.step < 0)
}

/**
 * @throws MigrationProofError for a migration that nobody has proved, or that was proved on a newer engine than this; MigrationError
 *   `migration_review` and `migration_destructive` where the options ask for it.
 */
export async function assertProved(
  migrations: readonly Migration[],
  { run, dialect }: MigrationConnection,
  { requireProof = true, requireReview = false, allowDestructive = true }: ProofRules,
): Promise<void> {
  const engine = requireProof ? await dialect.migrations.engine(run) : undefined
  for (const { id, hash, meta } of migrations) {
    if (engine !== undefined) {
      if (meta.proof?.hash !== hash) {
        throw new MigrationProofError(
          `${id} has no proof for its files: nobody has seen it go up and down. Run: mizan db prove ${id}`,
        )
      }
      const { name, version } = meta.proof.engine
      if (name !== engine.name || major(version) > major(engine.version)) {
        throw new MigrationProofError(
          `${id} was proved on ${name} ${version}, and this is ${engine.name} ${engine.version}: an older server may do other ` +
            `things. Prove it on one as old: mizan db prove ${id}`,
        )
      }
    }
    if (requireReview && meta.review?.hash !== hash) {
      throw new MigrationError(
        'migration_review',
        `${id} was not reviewed as it is now. Read it, then: mizan db migrate review ${id}`,
      )
    }
    if (!allowDestructive && (meta.proof?.losses.length ?? 0) > 0) {
      throw new MigrationError(
        'migration_destructive',
        `${id} loses data (${meta.proof?.losses.join('; ')}). Say so with --allow-destructive`,
      )
    }
  }
}

/** What the runner asks of migrations. */
export type ProofRules = Pick<MigrateOptions, 'requireProof' | 'requireReview' | 'allowDestructive'>

function major(version: string): number {
  const [first = 0, second = 0] = version.split('.').map(Number)
  return first * 1000 + (first < 14 ? second : 0)
}
