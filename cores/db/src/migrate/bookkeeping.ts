/** The rows of `mizan_migrations`. */

import { CompiledQuery, Kysely } from 'kysely'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { RunSql } from '../dialect/migration-facts.ts'
import type { MigrationConnection } from './migration-connection.ts'

/** What became of a step: its statement may have happened, or it did. */
export type StepState = 'done' | 'started'

/** One step that the database knows of. */
export interface StepRow {
  readonly id: string
  /** From 1; steps of the way back are counted from -1. */
  readonly step: number
  /** How many the migration has. */
  readonly steps: number
  readonly hash: string
  readonly batch: number
  readonly state: StepState
}

/** Runs `work` on one connection of its own, which holds the lock and is closed afterwards. */
export async function onConnection<T>(
  dialect: DialectPackage,
  work: (connection: MigrationConnection) => Promise<T>,
): Promise<T> {
  const kysely = new Kysely<Record<string, Record<string, unknown>>>({
    dialect: dialect.createDialect(),
  })
  try {
    return await kysely.connection().execute((session) => {
      const execute = async (sql: string, parameters: readonly unknown[] = []) => {
        try {
          return await session.executeQuery<Record<string, unknown>>(
            CompiledQuery.raw(sql, [...parameters]),
          )
        } catch (error) {
          throw dialect.toDbError(error, sql)
        }
      }
      return work({
        dialect,
        db: session,
        run: async (sql, parameters) => (await execute(sql, parameters)).rows,
        change: async (sql) => Number((await execute(sql)).numAffectedRows ?? 0n),
      })
    })
  } catch (error) {
    throw dialect.toDbError(error, undefined)
  } finally {
    await kysely.destroy().catch(() => undefined)
  }
}

/** The rows in the order in which their steps ran; none when nothing was ever applied. */
export async function readRows(
  run: RunSql,
  { migrations }: DialectPackage,
): Promise<readonly StepRow[]> {
  if ((await run(migrations.findTable)).length === 0) return []
  const rows = await run(
    'select id, step, steps, hash, batch, state from mizan_migrations order by id, step',
  )
  return rows.map((row) => ({
    id: String(row['id']),
    step: Number(row['step']),
    steps: Number(row['steps']),
    hash: String(row['hash']),
    batch: Number(row['batch']),
    state: String(row['state']) as StepState, // cast: only these are written
  }))
}

/** Writes a row. */
export async function insertRow(
  run: RunSql,
  { migrations }: DialectPackage,
  row: StepRow,
): Promise<void> {
  const marks = [1, 2, 3, 4, 5, 6].map((position) => migrations.parameter(position)).join(', ')
  await run(
    `insert into mizan_migrations (id, step, steps, hash, batch, state) values (${marks})`,
    [row.id, row.step, row.steps, row.hash, row.batch, row.state],
  )
}

/** Changes the state of one step, or of all steps of a migration. */
export async function setState(
  run: RunSql,
  { migrations }: DialectPackage,
  change: { readonly id: string; readonly step?: number; readonly state: StepState },
): Promise<void> {
  const { id, step, state } = change
  const [first, second, third] = [1, 2, 3].map((position) => migrations.parameter(position))
  const one = step === undefined ? '' : ` and step = ${third}`
  await run(
    `update mizan_migrations set state = ${first} where id = ${second}${one}`,
    step === undefined ? [state, id] : [state, id, step],
  )
}

/** Forgets one step, or all steps of a migration. */
export async function deleteRows(
  run: RunSql,
  { migrations }: DialectPackage,
  id: string,
  step?: number,
): Promise<void> {
  const [first, second] = [1, 2].map((position) => migrations.parameter(position))
  const one = step === undefined ? '' : ` and step = ${second}`
  await run(
    `delete from mizan_migrations where id = ${first}${one}`,
    step === undefined ? [id] : [id, step],
  )
}
