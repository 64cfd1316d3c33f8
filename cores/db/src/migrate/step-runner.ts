/** Runs the steps of migrations with their bookkeeping, and goes on where another runner stopped. */

import { ConnectionError, DbError } from '../errors.ts'
import {
  MigrationError,
  MigrationInterruptedError,
  MigrationLockError,
} from '../migration-errors.ts'
import { foldSnapshot } from '../snapshot/fold.ts'
import { deleteRows, insertRow, readRows, setState, type StepRow } from './bookkeeping.ts'
import { createEndCachedAnswers, type EndCachedAnswers } from './end-cached-answers.ts'
import { readToken, takeToken } from './fencing.ts'
import type { Migration } from './migration-files.ts'
import { placeOf, type StepProbe } from './proof.ts'
import { inTransaction, type MigrationConnection } from './migration-connection.ts'
import { runStep } from './run-step.ts'
import type { StepRecord } from './step-record.ts'
import type { MigrateOptions } from './runner.ts'
import type { Step } from './script.ts'

/** A migration without statements still needs a row that says it was applied. */
const nothing: Step = { kind: 'tx', statements: [] }

interface Planned {
  readonly row: StepRow
  readonly probe: StepProbe | null | undefined
}

/** What a run has from its beginning. */
interface Begun {
  readonly token: number
  readonly endCachedAnswers: EndCachedAnswers
}

/** One run under the lock. */
export class StepRunner {
  readonly #connection: MigrationConnection
  readonly #options: MigrateOptions
  readonly #token: number
  readonly #endCachedAnswers: EndCachedAnswers

  private constructor(
    connection: MigrationConnection,
    options: MigrateOptions,
    { token, endCachedAnswers }: Begun,
  ) {
    this.#connection = connection
    this.#options = options
    this.#token = token
    this.#endCachedAnswers = endCachedAnswers
  }

  /** Makes the bookkeeping tables and takes the next fencing token. */
  static async begin(
    connection: MigrationConnection,
    options: MigrateOptions,
  ): Promise<StepRunner> {
    const { run, dialect } = connection
    await run(dialect.migrations.createTable)
    return new StepRunner(connection, options, {
      endCachedAnswers: await createEndCachedAnswers(run, dialect),
      token: await takeToken(connection),
    })
  }

  /** @param already The rows of the migration before this run. */
  async apply(
    migration: Migration,
    { rows, batch }: { readonly rows: readonly StepRow[]; readonly batch: number },
  ): Promise<void> {
    const steps = migration.up.length === 0 ? [nothing] : migration.up
    for (const [index, step] of steps.entries()) {
      const { id, hash } = migration
      const row: StepRow = { id, step: index + 1, steps: steps.length, hash, batch, state: 'done' }
      const known = rows.find((one) => one.step === row.step)
      if (known?.state === 'done') continue
      const probe = migration.meta.proof?.up[index]
      await this.#step(step, { row, probe }, known !== undefined)
    }
  }

  /** Migrations whose steps can share a transaction: all are taken back, or none. */
  async revertTogether(migrations: readonly Migration[], rows: readonly StepRow[]): Promise<void> {
    const told: (() => void)[] = []
    const { onMigration, onStep } = this.#options
    await inTransaction(this.#connection, async () => {
      const inside = new StepRunner(
        { ...this.#connection, isInTransaction: true },
        // Nothing is done before all is.
        { ...this.#options, onStep: (event) => told.push(() => onStep?.(event)) },
        { token: this.#token, endCachedAnswers: this.#endCachedAnswers },
      )
      for (const migration of migrations) {
        told.push(() => onMigration?.(migration.id))
        await inside.revert(migration, rowsOf(migration, rows))
      }
    })
    for (const tell of told) tell()
  }

  /** Step by step, each with a row of its own. */
  async revert(migration: Migration, rows: readonly StepRow[]): Promise<void> {
    const { id, hash, down } = migration
    const [batch = 0] = rows.map((row) => row.batch)
    for (const [index, step] of down.entries()) {
      const row: StepRow = { id, step: -index - 1, steps: down.length, hash, batch, state: 'done' }
      const known = rows.find((one) => one.step === row.step)
      if (known?.state === 'done') continue
      const probe = migration.meta.proof?.down[index]
      await this.#step(step, { row, probe }, known !== undefined)
    }
    if (down.length === 0) await deleteRows(this.#connection.run, this.#connection.dialect, id)
  }

  async #step(step: Step, planned: Planned, wasBegun: boolean): Promise<void> {
    const { row } = planned
    this.#assertNotStopped(`before ${whereOf(row)}`)
    const start = performance.now()
    const tell = (resumed: boolean): void =>
      this.#options.onStep?.({
        id: row.id,
        step: row.step,
        steps: row.steps,
        statement: firstLineOf(step),
        resumed,
        duration: performance.now() - start,
      })
    if (wasBegun && (await this.#resume(planned))) {
      await this.#finish(row)
      return tell(true)
    }
    await runStep(this.#connection, step, this.#record(row))
    tell(false)
  }

  #assertNotStopped(where: string): void {
    if (this.#options.signal?.aborted === true)
      throw new MigrationError('migration_stopped', `stopped ${where}; the next run goes on there`)
  }

  /** @returns whether the step has happened; otherwise it has not, and may run */
  async #resume({ row, probe }: Planned): Promise<boolean> {
    const { run, dialect } = this.#connection
    await dialect.migrations.repair?.(run)
    const now = foldSnapshot(await dialect.migrations.introspect(run), dialect.ddl, 'deparsed')
    const place = probe === undefined || probe === null ? 'neither' : placeOf(probe, now)
    if (place === 'neither') {
      throw new MigrationInterruptedError(
        row.id,
        row.step,
        `${whereOf(row)} was begun and not finished, and the database is neither as before it nor as after it. Look ` +
          `whether its statement happened, then say so: mizan db migrate resolve ${row.id} ${row.step < 0 ? `down:${-row.step}` : row.step} done (or undone)`,
      )
    }
    if (place === 'before') await deleteRows(run, dialect, row.id, row.step)
    return place === 'after'
  }

  #record(row: StepRow): StepRecord {
    const { run, dialect } = this.#connection
    return {
      where: whereOf(row),
      claim: async () => {
        await this.#assertToken()
        // Where the transaction itself is the lock, another runner may have been faster.
        const rows = await readRows(run, dialect)
        if (row.step < 0)
          return rows.some((one) => one.id === row.id && one.step > 0) && !has(rows, row)
        return !has(rows, row)
      },
      intend: async () => {
        await this.#assertToken()
        await insertRow(run, dialect, { ...row, state: 'started' })
      },
      record: () => this.#finish(row),
      forget: async (error) => {
        // A single statement that was refused did not happen.
        if (isRefusal(error)) await deleteRows(run, dialect, row.id, row.step)
      },
      progress: (rows) => {
        this.#options.onProgress?.(rows, whereOf(row))
        this.#assertNotStopped(`in ${whereOf(row)}, after ${rows} rows`)
      },
    }
  }

  async #finish(row: StepRow): Promise<void> {
    const { run, dialect } = this.#connection
    // Nobody observed what it did with the rows; before the row that says it is done, for that may be the end of it.
    await this.#endCachedAnswers()
    const isLastDown = -row.step === row.steps
    if (isLastDown) return deleteRows(run, dialect, row.id)
    const begun = (await readRows(run, dialect)).some(
      (one) => one.id === row.id && one.step === row.step,
    )
    if (begun) await setState(run, dialect, { id: row.id, step: row.step, state: 'done' })
    else await insertRow(run, dialect, row)
  }

  async #assertToken(): Promise<void> {
    // Without a connection to hold a lock (SQLite) runners take turns: the newest token is no sign of a lost lock.
    if (!this.#connection.dialect.capabilities.concurrency) return
    const token = await readToken(this.#connection)
    if (token === this.#token) return
    throw new MigrationLockError(
      'Another runner has taken this migration over; this one stops before its next step',
    )
  }
}

function rowsOf({ id }: Migration, rows: readonly StepRow[]): readonly StepRow[] {
  return rows.filter((row) => row.id === id)
}

function has(rows: readonly StepRow[], { id, step }: StepRow): boolean {
  return rows.some((one) => one.id === id && one.step === step && one.state === 'done')
}

function whereOf({ id, step, steps }: StepRow): string {
  return step < 0 ? `${id} down, step ${-step} of ${steps}` : `${id}, step ${step} of ${steps}`
}

/** Whether the database answered, and its answer was no. */
function isRefusal(error: unknown): boolean {
  const cause = error instanceof MigrationError ? error.cause : error
  return cause instanceof DbError && !(cause instanceof ConnectionError)
}

/** What a step does, for a person: how long it would wait for locks is not it. */
function firstLineOf({ statements }: Step): string {
  const telling = statements.find((one) => !/^set\s/i.test(one)) ?? statements[0]
  return telling?.split('\n')[0] ?? ''
}
