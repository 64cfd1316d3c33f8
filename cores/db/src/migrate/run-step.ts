/** Runs one step, with what must be recorded about it at the right moments. */

import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { RunSql } from '../dialect/migration-facts.ts'
import { MigrationError } from '../errors.ts'
import type { MigrationDb } from './data-migration.ts'
import { runCode } from './run-code.ts'
import type { Step } from './script.ts'

/** Runs a statement and says how many rows it changed. */
export type ChangeSql = (sql: string) => Promise<number>

/** The connection of a migration. */
export interface MigrationConnection {
  readonly dialect: DialectPackage
  readonly run: RunSql
  readonly change: ChangeSql
  /** The same connection, for code. */
  readonly db: MigrationDb
}

/** What is recorded of a step. */
export interface StepRecord {
  /** `20261120_add_users, step 2 of 3` */
  readonly where: string
  /** Inside the transaction, before its statements: false when somebody else has done the step. */
  claim(): Promise<boolean>
  /** Before a statement without a transaction. */
  intend(): Promise<void>
  /** When it is done; inside the transaction, where there is one. */
  record(): Promise<void>
  /** A single statement was refused: it did not happen. */
  forget(error: unknown): Promise<void>
  /** Rows that a batch has changed so far; throws to stop there. */
  progress(rows: number): void
}

/** @throws MigrationError `migration_failed` with the statement */
export async function runStep(
  connection: MigrationConnection,
  step: Step,
  record: StepRecord,
): Promise<void> {
  const { run, dialect } = connection
  switch (step.kind) {
    case 'tx':
      return inTransaction(connection, async () => {
        if (!(await record.claim())) return
        await runStatements(run, step, record.where)
        await record.record()
      })
    case 'rebuild': {
      const work = async (check: () => Promise<void>): Promise<void> =>
        inTransaction(connection, async () => {
          if (!(await record.claim())) return
          await runStatements(run, step, record.where)
          await check()
          await record.record()
        })
      const without = dialect.migrations.withoutForeignKeys
      return without === undefined ? work(() => Promise.resolve()) : without(run, work)
    }
    case 'code':
      return runCode(connection, step.module ?? '', record)
    case 'batch':
      return runBatches(connection, step, record)
    case 'notx': {
      await record.intend()
      try {
        await runStatements(run, step, record.where)
      } catch (error) {
        if (step.statements.length === 1) await record.forget(error)
        throw error
      }
      return record.record()
    }
  }
}

/** Each batch is a transaction of its own; a runner that is killed goes on where it was. */
async function runBatches(
  connection: MigrationConnection,
  step: Step,
  record: StepRecord,
): Promise<void> {
  for (const statement of step.statements) {
    let total = 0
    for (let changed = 1; changed > 0;) {
      try {
        changed = await connection.change(statement)
      } catch (error) {
        throw failureAt(record.where, statement, error)
      }
      total += changed
      if (changed > 0) record.progress(total)
    }
  }
  await inTransaction(connection, async () => {
    if (await record.claim()) await record.record()
  })
}

/** Runs `work` in the transaction of one step. */
export async function inTransaction(
  { run, dialect }: MigrationConnection,
  work: () => Promise<void>,
): Promise<void> {
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

async function runStatements(run: RunSql, step: Step, where: string): Promise<void> {
  for (const statement of step.statements) {
    try {
      await run(statement)
    } catch (error) {
      throw failureAt(where, statement, error)
    }
  }
}

function failureAt(where: string, sql: string, error: unknown): MigrationError {
  const reason = error instanceof Error ? error.message : String(error)
  return new MigrationError('migration_failed', `${where}: ${reason}`, { cause: error, sql })
}
