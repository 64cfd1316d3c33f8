/** SQL as somebody wrote it: perhaps several statements, never prepared, its values read by the types of this package. */

import { textColumnsOf } from '@mizan/db'
import type { CompiledQuery, QueryResult } from 'kysely'
import type { ClientBase, QueryArrayResult } from 'pg'
import { rowReader } from './row-reader.ts'

const asText = { getTypeParser: () => (text: string) => text }

/** Whether the server says that a prepared statement no longer fits, or is gone. */
export function isStale(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false
  if (error.code === '26000') return true
  // "cached plan must not change result type", in whatever language the server speaks.
  return error.code === '0A000' && 'routine' in error && error.routine === 'RevalidateCachedQuery'
}

/** Runs it. */
export async function runText<R>(
  client: ClientBase,
  query: CompiledQuery,
): Promise<QueryResult<R>> {
  const result = await client.query<unknown[]>({
    text: query.sql,
    values: query.parameters as unknown[], // cast: pg does not change them
    rowMode: 'array',
    types: asText,
  } as never) // cast: the types of pg know no parser without its registry
  const { command, rowCount, rows, fields } = result as unknown as QueryArrayResult<
    (string | null)[]
  > // cast: rowMode
  const all = rows.length === 0 ? [] : (rows.map(rowReader(fields, textColumnsOf(query))) as R[])
  const changes =
    command === 'INSERT' || command === 'UPDATE' || command === 'DELETE' || command === 'MERGE'
  return changes ? { rows: all, numAffectedRows: BigInt(rowCount ?? 0) } : { rows: all }
}
