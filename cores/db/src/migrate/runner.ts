/** Applies migrations and takes them back. */

import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { RunSql } from '../dialect/migration-facts.ts'
import { ConnectionError, DbError, MigrationError } from '../errors.ts'
import {
  assertNotInterrupted,
  deleteRows,
  insertRow,
  readRows,
  setState,
  type StepRow,
} from './bookkeeping.ts'
import { assertHistory, doneSteps, isApplied } from './check.ts'
import { type Migration, readMigrations } from './migration-files.ts'
import type { Step } from './script.ts'
import { withLock } from './with-lock.ts'

/** Where migrations are and what they are applied to. */
export interface MigrateOptions {
  /** The folder of the migrations. */
  readonly migrations: string
  readonly dialect: DialectPackage
  /** How long to wait for another migration of this database, in milliseconds. @default 60_000 */
  readonly lockTimeout?: number
  /** Told of each migration before it runs. */
  readonly onMigration?: (id: string) => void
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

/** A migration whose up script has no statements still needs a row that says it was applied. */
const nothing: Step = { kind: 'tx', statements: [] }

/**
 * Applies everything that is not applied yet. A step that takes part in a transaction commits together with its row, so a
 * runner that is killed anywhere is continued by the next one.
 *
 * @throws MigrationHashError, UnknownMigrationError, MigrationLockError, MigrationInterruptedError before anything is done;
 *   MigrationError with the migration, the step and the statement when one fails.
 */
export async function migrateLatest(options: MigrateOptions): Promise<MigrateResult> {
  const migrations = await readMigrations(options.migrations)
  assertDialect(migrations, options.dialect)
  return withLock(
    options.dialect,
    async (run) => {
      const rows = await readRows(run, options.dialect)
      assertHistory(migrations, rows)
      assertNotInterrupted(rows)
      const pending = migrations.filter((migration) => !isApplied(migration, rows))
      if (pending.length === 0) return { applied: [] }
      await run(options.dialect.migrations.createTable)
      const batch = Math.max(0, ...rows.map((row) => row.batch)) + 1
      const runner = new Runner(run, options.dialect)
      for (const migration of pending) {
        options.onMigration?.(migration.id)
        await runner.apply(migration, { done: doneSteps(migration, rows), batch })
      }
      return { applied: pending.map((migration) => migration.id) }
    },
    options.lockTimeout,
  )
}

/** Takes the last applied migration back. */
export async function migrateDown(options: MigrateOptions): Promise<RevertResult> {
  const migrations = await readMigrations(options.migrations)
  assertDialect(migrations, options.dialect)
  return withLock(
    options.dialect,
    async (run) => {
      const rows = await readRows(run, options.dialect)
      assertHistory(migrations, rows)
      assertNotInterrupted(rows)
      const migration = migrations.findLast((one) => rows.some((row) => row.id === one.id))
      if (migration === undefined) return { reverted: undefined }
      if (!isApplied(migration, rows)) {
        throw new MigrationError(
          'migration_partial',
          `${migration.id} is applied up to step ${doneSteps(migration, rows)} of ${migration.up.length}; finish it first with "mizan db migrate latest"`,
        )
      }
      options.onMigration?.(migration.id)
      await new Runner(run, options.dialect).revert(migration)
      return { reverted: migration.id }
    },
    options.lockTimeout,
  )
}

class Runner {
  readonly #run: RunSql
  readonly #dialect: DialectPackage

  constructor(run: RunSql, dialect: DialectPackage) {
    this.#run = run
    this.#dialect = dialect
  }

  async apply(
    migration: Migration,
    { done, batch }: { readonly done: number; readonly batch: number },
  ): Promise<void> {
    const steps = migration.up.length === 0 ? [nothing] : migration.up
    for (const [index, step] of steps.entries()) {
      if (index < done) continue
      const { id, hash } = migration
      const row: StepRow = { id, step: index + 1, steps: steps.length, hash, batch, state: 'done' }
      if (step.kind === 'tx') await this.#applyInTransaction(step, row)
      else await this.#applyOutside(step, row)
    }
  }

  async revert(migration: Migration): Promise<void> {
    const { id, down } = migration
    if (down.every((step) => step.kind === 'tx')) {
      await this.#inTransaction(async () => {
        for (const [index, step] of down.entries())
          await this.#statements(step, `${id} down, step ${index + 1}`)
        await deleteRows(this.#run, this.#dialect, id)
      })
      return
    }
    await setState(this.#run, this.#dialect, { id, state: 'reverting' })
    for (const [index, step] of down.entries())
      await this.#statements(step, `${id} down, step ${index + 1}`)
    await deleteRows(this.#run, this.#dialect, id)
  }

  async #applyInTransaction(step: Step, row: StepRow): Promise<void> {
    await this.#inTransaction(async () => {
      // Where the transaction itself is the lock, another runner may have been faster.
      const rows = await readRows(this.#run, this.#dialect)
      if (rows.some((one) => one.id === row.id && one.step === row.step)) return
      await this.#statements(step, `${row.id}, step ${row.step} of ${row.steps}`)
      await insertRow(this.#run, this.#dialect, row)
    })
  }

  /** The intent is stored first: should we be killed, the next runner knows that it does not know. */
  async #applyOutside(step: Step, row: StepRow): Promise<void> {
    await insertRow(this.#run, this.#dialect, { ...row, state: 'started' })
    try {
      await this.#statements(step, `${row.id}, step ${row.step} of ${row.steps}`)
    } catch (error) {
      // A single statement that was refused did not happen.
      if (step.statements.length === 1 && isRefusal(error))
        await deleteRows(this.#run, this.#dialect, row.id, row.step)
      throw error
    }
    await setState(this.#run, this.#dialect, { id: row.id, step: row.step, state: 'done' })
  }

  async #inTransaction(work: () => Promise<void>): Promise<void> {
    await this.#run(this.#dialect.migrations.begin)
    try {
      await work()
      await this.#run('commit')
    } catch (error) {
      // The first error is the one to hear of.
      await this.#run('rollback').catch(() => undefined)
      throw error
    }
  }

  async #statements(step: Step, where: string): Promise<void> {
    for (const statement of step.statements) {
      try {
        await this.#run(statement)
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        throw new MigrationError('migration_failed', `${where}: ${reason}`, {
          cause: error,
          sql: statement,
        })
      }
    }
  }
}

/** Whether the database answered, and its answer was no. */
function isRefusal(error: unknown): boolean {
  const cause = error instanceof MigrationError ? error.cause : error
  return cause instanceof DbError && !(cause instanceof ConnectionError)
}

function assertDialect(migrations: readonly Migration[], dialect: DialectPackage): void {
  const other = migrations.find((migration) => migration.meta.dialect !== dialect.name)
  if (other === undefined) return
  throw new MigrationError(
    'migration_dialect',
    `${other.id} was generated for ${other.meta.dialect}, and this database is ${dialect.name}; use another folder for its migrations`,
  )
}
