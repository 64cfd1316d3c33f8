/** Runs `up.ts` or `down.ts`. */

import { pathToFileURL } from 'node:url'
import { canonicalJson, type Json } from '@mizan/protocol'
import { MigrationError } from '../migration-errors.ts'
import type { DataMigration } from './data-migration.ts'
import { inTransaction, type MigrationConnection } from './migration-connection.ts'
import type { StepRecord } from './step-record.ts'

const table = 'mizan_migration_progress'

/** @throws MigrationError `migration_failed` with what the code threw; `migration_script` when it cannot be loaded */
export async function runCode(
  connection: MigrationConnection,
  module: string,
  record: StepRecord,
): Promise<void> {
  const code = await loadCode(module)
  if (typeof code === 'function') {
    return inTransaction(connection, async () => {
      if (!(await record.claim())) return
      await told(record, () => code(connection.db))
      await record.record()
    })
  }
  const { run, db } = connection
  await run(
    `create table if not exists ${table} (step varchar(250) not null primary key, position text not null)`,
  )
  const cursors = new Cursors(connection, record.where)
  for (let total = 0, isOver = false; !isOver;) {
    await inTransaction(connection, async () => {
      isOver = !(await record.claim())
      if (isOver) return
      const cursor = await cursors.read()
      const batch = await told(record, () => code.batch(db, cursor))
      isOver = batch === undefined
      if (batch === undefined) {
        await cursors.forget()
        return record.record()
      }
      if (cursor !== undefined && canonicalJson(batch.cursor) === canonicalJson(cursor)) {
        throw new MigrationError(
          'migration_failed',
          `${record.where}: a batch ended where it began (${canonicalJson(cursor).slice(0, 80)}), so it would never end; ` +
            'return undefined when nothing is left',
        )
      }
      await cursors.write(batch.cursor)
      total += batch.rows
    })
    if (!isOver) record.progress(total)
  }
}

/** Where the batches of one step are. */
class Cursors {
  readonly #connection: MigrationConnection
  readonly #step: string

  constructor(connection: MigrationConnection, step: string) {
    this.#connection = connection
    this.#step = step
  }

  async read(): Promise<Json | undefined> {
    const { run } = this.#connection
    const mark = this.#mark(1)
    const [row] = await run(`select position from ${table} where step = ${mark}`, [this.#step])
    return row === undefined ? undefined : (JSON.parse(String(row['position'])) as Json) // cast: written as JSON
  }

  async write(cursor: Json): Promise<void> {
    await this.forget()
    await this.#connection.run(
      `insert into ${table} (step, position) values (${this.#mark(1)}, ${this.#mark(2)})`,
      [this.#step, JSON.stringify(cursor)],
    )
  }

  async forget(): Promise<void> {
    await this.#connection.run(`delete from ${table} where step = ${this.#mark(1)}`, [this.#step])
  }

  #mark(position: number): string {
    return this.#connection.dialect.migrations.parameter(position)
  }
}

async function told<T>({ where }: StepRecord, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new MigrationError('migration_failed', `${where}: ${reason}`, { cause: error })
  }
}

async function loadCode(module: string): Promise<DataMigration> {
  let loaded: { readonly default?: unknown }
  try {
    loaded = (await import(pathToFileURL(module).href)) as typeof loaded // cast: a module namespace
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const hint = /Unknown file extension/.test(reason)
      ? '; this Node reads no TypeScript: take 22.18 or newer, or run with "node --import tsx"'
      : ''
    throw new MigrationError('migration_script', `${module} does not load: ${reason}${hint}`, {
      cause: error,
    })
  }
  if (isDataMigration(loaded.default)) return loaded.default
  throw new MigrationError(
    'migration_script',
    `${module} must export a function or { batch } by default: export default defineDataMigration(async (db) => { … })`,
  )
}

function isDataMigration(value: unknown): value is DataMigration {
  if (typeof value === 'function') return true
  return (
    typeof value === 'object' &&
    value !== null &&
    'batch' in value &&
    typeof value.batch === 'function'
  )
}
