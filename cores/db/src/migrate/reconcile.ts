/** A live database that somebody changed by hand: what it has, what was applied, what the schema says, and the ways out. */

import type { DialectPackage } from '../dialect/dialect-package.ts'
import { MigrationError } from '../migration-errors.ts'
import type { SchemaModule } from '../schema/schema.ts'
import { compareFolded, type SnapshotDifference } from '../snapshot/compare.ts'
import { foldSnapshot } from '../snapshot/fold.ts'
import { withImplied } from '../snapshot/grants/implied-grants.ts'
import { withCarriedGrants } from '../snapshot/grants/carried-grants.ts'
import { planChanges } from '../snapshot/plan-changes.ts'
import { toSnapshot } from '../snapshot/to-snapshot.ts'
import { appliedSnapshot } from './applied-snapshot.ts'
import { insertRow, readRows } from './bookkeeping.ts'
import { assertHistory, isApplied } from './check.ts'
import { differences } from './drift.ts'
import { createEndCachedAnswers } from './end-cached-answers.ts'
import { writeBetween } from './generate.ts'
import { readMigrations } from './migration-files.ts'
import { runStep } from './run-step.ts'
import type { OpenScratch } from './scratch.ts'
import { takeToken } from './fencing.ts'
import type { MigrationConnection } from './migration-connection.ts'
import { toSteps } from './to-steps.ts'
import { type LockOptions, withLock } from './with-lock.ts'
import { schemasOf } from '../snapshot/identity.ts'

/** What to do about the differences. */
export interface ReconcileOptions extends Omit<LockOptions, 'patience'> {
  /** How long to wait for another migration of this database, in milliseconds. @default 60_000 */
  readonly lockTimeout?: number | undefined
  readonly migrations: string
  readonly dialect: DialectPackage
  readonly schema: SchemaModule
  /** `adopt` writes what the database has as a migration that it has applied; `revert` takes it back. @default 'show' */
  readonly mode?: 'show' | 'adopt' | 'revert'
  readonly scratch?: OpenScratch
}

/** What was found, and done. */
export interface Reconciliation {
  /** Applied migrations against the live database. */
  readonly drift: readonly SnapshotDifference[]
  /** Applied migrations against the schema. */
  readonly pending: readonly SnapshotDifference[]
  /** Id of the migration that was written by `adopt`. */
  readonly adopted?: string
  /** Statements that were run by `revert`. */
  readonly reverted?: readonly string[]
}

/** @throws MigrationError when migrations wait that `adopt` would come after */
export function reconcile(options: ReconcileOptions): Promise<Reconciliation> {
  const { dialect, mode = 'show' } = options
  const lock = { ...options, patience: options.lockTimeout }
  const work = async (connection: MigrationConnection): Promise<Reconciliation> => {
    const { run } = connection
    const migrations = await readMigrations(options.migrations)
    const rows = await readRows(run, dialect)
    assertHistory(migrations, rows)
    const applied = appliedSnapshot(migrations, rows)
    const declared = toSnapshot(options.schema)
    const schemas = schemasOf(applied, declared)
    const live = withImplied(await dialect.migrations.introspect(run, schemas), applied)
    const drift = await differences(connection, applied, live)
    const pending = compareFolded(
      foldSnapshot(
        withCarriedGrants(applied, { ...declared, objects: applied.objects ?? {} }),
        dialect.ddl,
      ),
      foldSnapshot(applied, dialect.ddl),
    )
    if (mode === 'show' || drift.length === 0) return { drift, pending }
    if (mode === 'revert') {
      const steps = toSteps(planChanges(live, applied, { ...dialect.ddl, restores: true }), dialect)
      const record = await createEndCachedAnswers(run, dialect)
      for (const [index, step] of steps.entries()) {
        if (options.signal?.aborted === true)
          throw new MigrationError(
            'migration_stopped',
            `stopped before step ${index + 1} of ${steps.length}; mizan db reconcile shows what is left`,
          )
        await runStep(connection, step, { ...unrecorded, record, where: 'reconcile' })
      }
      return { drift, pending, reverted: steps.flatMap((step) => step.statements) }
    }
    if (!migrations.every((migration) => isApplied(migration, rows))) {
      throw new MigrationError(
        'migration_pending',
        'Migrations wait to be applied, and what is adopted comes after them. Run "mizan db migrate latest" first',
      )
    }
    const written = await writeBetween({ ...options, name: 'adopt what the database has' }, live)
    if (written === undefined) return { drift, pending }
    const migration = (await readMigrations(options.migrations)).at(-1)
    if (migration !== undefined) {
      await run(dialect.migrations.createTable)
      await takeToken(connection)
      const batch = Math.max(0, ...rows.map((row) => row.batch)) + 1
      const steps = Math.max(1, migration.up.length)
      for (let step = 1; step <= steps; step += 1)
        await insertRow(run, dialect, {
          id: migration.id,
          step,
          steps,
          hash: migration.hash,
          batch,
          state: 'done',
        })
    }
    return { drift, pending, adopted: written.id }
  }
  return withLock(dialect, work, lock)
}

const unrecorded = {
  claim: () => Promise.resolve(true),
  intend: () => Promise.resolve(),
  record: () => Promise.resolve(),
  forget: () => Promise.resolve(),
  progress: () => undefined,
}
