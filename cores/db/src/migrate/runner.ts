/** Applies migrations and takes them back. */

import type { DialectPackage } from '../dialect/dialect-package.ts'
import { MigrationError } from '../migration-errors.ts'
import { readRows, type StepRow } from './bookkeeping.ts'
import { assertHistory, assertProved, isApplied, isReverting } from './check.ts'
import { type Migration, readMigrations } from './migration-files.ts'
import { assertPreflight } from './preflight.ts'
import type { MigrationConnection } from './migration-connection.ts'
import { assertRoles } from './roles.ts'
import { StepRunner } from './step-runner.ts'
import { withLock } from './with-lock.ts'
import { schemasOf } from '../snapshot/identity.ts'
import { withSchemas } from './with-schemas.ts'

/** Where migrations are and what they are applied to. */
export interface MigrateOptions {
  /** The folder of the migrations. */
  readonly migrations: string
  readonly dialect: DialectPackage
  /** How long to wait for another migration of this database, in milliseconds. @default 60_000 */
  readonly lockTimeout?: number
  /** Refuses migrations that were not run up and down on a scratch database. @default true */
  readonly requireProof?: boolean
  /** Refuses migrations that nobody has read. @default false */
  readonly requireReview?: boolean
  /** Applies migrations that take data away. @default true */
  readonly allowDestructive?: boolean
  /** Told once, before anything runs. */
  readonly onPlan?: (plan: RunPlan) => void
  /** Told when another migration of this database has to end first. */
  readonly onWait?: (holder: string | undefined) => void
  /** Told of each migration before it runs. */
  readonly onMigration?: (id: string) => void
  /** Told of each step when it is done. */
  readonly onStep?: (step: StepEvent) => void
  /** Told of the rows that a backfill has changed so far. */
  readonly onProgress?: (rows: number, where: string) => void
  /** Stops before the next step, and between the batches of one. */
  readonly signal?: AbortSignal
}

/** What a run is going to do. */
export interface RunPlan {
  readonly direction: 'up' | 'down'
  /** Ids, in the order in which they run. */
  readonly migrations: readonly string[]
  /** How many are left alone: those that are applied already, or (down) stay applied. */
  readonly others: number
}

/** A step that is done. */
export interface StepEvent {
  readonly id: string
  readonly step: number
  readonly steps: number
  /** The first line of its first statement that is no setting; empty without one. */
  readonly statement: string
  /** It had been done by a runner that did not live to say so. */
  readonly resumed: boolean
  /** Milliseconds. */
  readonly duration: number
}

/** What {@link migrateLatest} did. */
export interface MigrateResult {
  /** Ids, in order. */
  readonly applied: readonly string[]
}

/** What {@link migrateDown} did. */
export interface RevertResult {
  /** Undefined: there was nothing to take back. */
  readonly reverted: string | undefined
}

/**
 * Applies everything that is not applied yet, as one batch. A step that takes part in a transaction commits together with its
 * row, and the intent of every other one is stored before it runs: a runner that is killed anywhere is continued by the next.
 *
 * @throws MigrationHashError, UnknownMigrationError, MigrationLockError, MigrationProofError, MigrationInterruptedError before
 *   anything is done; MigrationError with the migration, the step and the statement when one fails.
 */
export function migrateLatest(options: MigrateOptions): Promise<MigrateResult> {
  return applyPending(options, (pending) => pending)
}

/** Applies the next migration, as a batch of its own. */
export function migrateUp(options: MigrateOptions): Promise<MigrateResult> {
  return applyPending(options, (pending) => pending.slice(0, 1))
}

/** Takes the last applied migration back; one that was begun to be taken back is finished. */
export async function migrateDown(options: MigrateOptions): Promise<RevertResult> {
  const { reverted } = await revert(options, (applied) => applied.slice(0, 1))
  return { reverted: reverted[0] }
}

/** What {@link migrateRollback} did. */
export interface RollbackResult {
  /** Ids, in the order in which they were taken back. */
  readonly reverted: readonly string[]
  /** Those of them that could not share the transaction of the others: a stop between them would be seen. */
  readonly stepwise: readonly string[]
}

/** Takes the last batch back, or everything: in one transaction, as far as the steps allow it. */
export function migrateRollback(
  options: MigrateOptions & { readonly all?: boolean },
): Promise<RollbackResult> {
  return revert(options, (applied, rows) => {
    const last = Math.max(0, ...rows.map((row) => row.batch))
    return options.all === true
      ? applied
      : applied.filter(({ id }) => rows.some((row) => row.id === id && row.batch === last))
  })
}

async function applyPending(
  options: MigrateOptions,
  choose: (pending: readonly Migration[]) => readonly Migration[],
): Promise<MigrateResult> {
  const migrations = await readMigrations(options.migrations)
  assertDialect(migrations, options.dialect)
  const dialect = withSchemas(
    options.dialect,
    schemasOf(...migrations.map(({ snapshot }) => snapshot)),
  )
  return withLock(
    dialect,
    async (connection) => {
      const rows = await readRows(connection.run, options.dialect)
      assertHistory(migrations, rows)
      assertNothingHalfReverted(migrations, rows)
      const pending = choose(migrations.filter((migration) => !isApplied(migration, rows)))
      options.onPlan?.({
        direction: 'up',
        migrations: pending.map(({ id }) => id),
        others: migrations.filter((migration) => isApplied(migration, rows)).length,
      })
      if (pending.length === 0) return { applied: [] }
      await assertProved(pending, connection, options)
      await assertRoles(connection, pending, { history: migrations, direction: 'up' })
      const runner = await StepRunner.begin(connection, options)
      const batch = Math.max(0, ...rows.map((row) => row.batch)) + 1
      for (const migration of pending) {
        options.onMigration?.(migration.id)
        const own = rows.filter((row) => row.id === migration.id)
        if (own.length === 0) await assertPreflight(connection, migration, migrations)
        await runner.apply(migration, { rows: own, batch: own[0]?.batch ?? batch })
      }
      return { applied: pending.map((migration) => migration.id) }
    },
    { patience: options.lockTimeout, onWait: options.onWait, signal: options.signal },
  )
}

async function revert(
  options: MigrateOptions,
  choose: (applied: readonly Migration[], rows: readonly StepRow[]) => readonly Migration[],
): Promise<RollbackResult> {
  const migrations = await readMigrations(options.migrations)
  assertDialect(migrations, options.dialect)
  const dialect = withSchemas(
    options.dialect,
    schemasOf(...migrations.map(({ snapshot }) => snapshot)),
  )
  return withLock(
    dialect,
    async (connection) => {
      const rows = await readRows(connection.run, options.dialect)
      assertHistory(migrations, rows)
      const known = migrations.filter((one) => rows.some((row) => row.id === one.id)).toReversed()
      const chosen = choose(known, rows)
      options.onPlan?.({
        direction: 'down',
        migrations: chosen.map(({ id }) => id),
        others: known.length - chosen.length,
      })
      if (chosen.length === 0) return { reverted: [], stepwise: [] }
      for (const migration of chosen) assertWhole(migration, rows)
      await assertProved(chosen, connection, { ...options, requireReview: false })
      await assertRoles(connection, chosen, { history: migrations, direction: 'down' })
      const runner = await StepRunner.begin(connection, options)
      const shares = (migration: Migration): boolean => canShare(migration, rows)
      for (let at = 0; at < chosen.length;) {
        const rest = chosen.slice(at)
        const end = rest.findIndex((migration) => !shares(migration))
        const together = end === -1 ? rest : rest.slice(0, end)
        const [alone] = rest
        if (together.length > 0) await runner.revertTogether(together, rows)
        else if (alone !== undefined) {
          options.onMigration?.(alone.id)
          const own = rows.filter((row) => row.id === alone.id)
          await runner.revert(alone, own)
        }
        at += Math.max(1, together.length)
      }
      const isOneStep = chosen.length === 1 && chosen.every(({ down }) => down.length < 2)
      const stepwise = isOneStep ? [] : chosen.filter((migration) => !shares(migration))
      return { reverted: chosen.map(({ id }) => id), stepwise: stepwise.map(({ id }) => id) }
    },
    { patience: options.lockTimeout, onWait: options.onWait, signal: options.signal },
  )
}

/** Whether taking it back is part of a transaction that others share. */
function canShare(migration: Migration, rows: readonly StepRow[]): boolean {
  return !isReverting(migration, rows) && migration.down.every(({ kind }) => kind === 'tx')
}

function assertWhole(migration: Migration, rows: readonly StepRow[]): void {
  if (isApplied(migration, rows) || isReverting(migration, rows)) return
  const done = rows.filter((row) => row.id === migration.id && row.state === 'done').length
  throw new MigrationError(
    'migration_partial',
    `${migration.id} is applied up to step ${done} of ${migration.up.length}; finish it first with "mizan db migrate latest"`,
  )
}

function assertNothingHalfReverted(
  migrations: readonly Migration[],
  rows: readonly StepRow[],
): void {
  const half = migrations.find((migration) => isReverting(migration, rows))
  if (half === undefined) return
  const done = rows.filter(
    (row) => row.id === half.id && row.step < 0 && row.state === 'done',
  ).length
  throw new MigrationError(
    'migration_partial',
    `${half.id} is taken back up to step ${done} of ${half.down.length}; finish it first with "mizan db migrate down"`,
  )
}

/** @throws MigrationError when a migration is for another database */
export function assertDialect(migrations: readonly Migration[], dialect: DialectPackage): void {
  const other = migrations.find((migration) => migration.meta.dialect !== dialect.name)
  if (other === undefined) return
  throw new MigrationError(
    'migration_dialect',
    `${other.id} was generated for ${other.meta.dialect}, and this database is ${dialect.name}; use another folder for its migrations`,
  )
}

/** The connection of a run, for parts that only read. */
export type { MigrationConnection }
