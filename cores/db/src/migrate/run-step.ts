/** Runs one step, with what must be recorded about it at the right moments. */

import type { RunSql } from '../dialect/migration-facts.ts'
import { MigrationError } from '../migration-errors.ts'
import { inTransaction, type MigrationConnection } from './migration-connection.ts'
import { runCode } from './run-code.ts'
import type { Step } from './script.ts'
import type { StepRecord } from './step-record.ts'

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
