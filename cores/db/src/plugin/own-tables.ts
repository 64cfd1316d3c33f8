/** Tables of Mizan's own, made when they are first needed. Migrations and introspection leave them alone. */

import type { Database } from '../client/database.ts'
import type { ExecuteSql } from '../client/run-directly.ts'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import { DbError } from '../errors.ts'

/** What of a database is needed here, whatever its schema. */
export type DirectDatabase = Pick<Database<never>, 'dialect' | 'runDirectly'>

/** A table by its columns, in words that every dialect knows. */
export interface OwnTable {
  readonly name: string
  /** What stands between the brackets of CREATE TABLE. */
  readonly columns: string
  /** Whole statements. */
  readonly indexes?: readonly string[]
}

/** Makes a table unless it is there. @throws DbError with the statement, where the login may not create tables */
export async function ensureTable(database: DirectDatabase, table: OwnTable): Promise<void> {
  const { name, columns, indexes = [] } = table
  await database.runDirectly('apart', async (execute) => {
    // Looked for first: who may not create tables may use one that is there.
    if (await exists(execute, name)) return
    const create = `create table ${name} (${columns})`
    try {
      for (const statement of [create, ...indexes]) await execute(statement)
    } catch (cause) {
      // Another process was faster.
      if (await exists(execute, name)) return
      throw new DbError(
        'own_table',
        `The table ${name} is missing and could not be made; let its owner run: ${[create, ...indexes].join('; ')}`,
        { cause },
      )
    }
  })
}

async function exists(execute: ExecuteSql, name: string): Promise<boolean> {
  return execute(`select 1 from ${name} where 1 = 0`).then(
    () => true,
    () => false,
  )
}

/** `?` of a statement as the dialect writes parameters. */
export function withParameters({ migrations }: DialectPackage, sql: string): string {
  let position = 0
  return sql.replaceAll('?', () => migrations.parameter(++position))
}
