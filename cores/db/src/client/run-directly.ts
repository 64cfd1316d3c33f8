/** SQL for Mizan's own tables. */

import { CompiledQuery, type DatabaseConnection } from 'kysely'
import type { DatabaseParts } from './database-parts.ts'

/** Runs one statement; parameters stand as the dialect writes them. */
export type ExecuteSql = (
  sql: string,
  parameters?: readonly unknown[],
) => Promise<{ readonly rows: readonly Record<string, unknown>[]; readonly changed: number }>

/** Runs it past layers and events; `apart`: never in the transaction of the run. */
export async function runDirectly<T>(
  { driver, holder }: Pick<DatabaseParts, 'driver' | 'holder'>,
  where: 'in run' | 'apart',
  work: (execute: ExecuteSql) => Promise<T>,
): Promise<T> {
  const using = (connection: DatabaseConnection): Promise<T> =>
    work(async (sql, parameters = []) => {
      const result = await connection.executeQuery<Record<string, unknown>>(
        CompiledQuery.raw(sql, [...parameters]),
      )
      return { rows: result.rows, changed: Number(result.numAffectedRows ?? 0) }
    })
  const transaction = where === 'in run' ? holder.join.port()?.transaction : undefined
  if (transaction?.isOpen === true) return transaction.provideConnection(using)
  const session = await driver.acquireConnection()
  try {
    return await using(session)
  } finally {
    await driver.releaseConnection(session)
  }
}
