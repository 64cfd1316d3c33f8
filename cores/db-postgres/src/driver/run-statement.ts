/** One statement on one client: prepared where it pays, its values read by the types of this package. */

import { textColumnsOf } from '@mizan/db'
import type { CompiledQuery, QueryResult } from 'kysely'
import type { ClientBase, FieldDef, QueryArrayResult } from 'pg'
import { parserOf } from '../type-parsers.ts'
import type { PreparedStatements } from './prepared-statements.ts'

const asText = { getTypeParser: () => (text: string) => text }
const preparable: ReadonlySet<string> = new Set([
  'SelectQueryNode',
  'InsertQueryNode',
  'UpdateQueryNode',
  'DeleteQueryNode',
])

/** Whether the server says that a prepared statement no longer fits, or is gone. */
export function isStale(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false
  if (error.code === '26000') return true
  return (
    error.code === '0A000' &&
    'message' in error &&
    /cached plan must not change result type/.test(String(error.message))
  )
}

/** Runs a statement; `prepared` is undefined where every statement is sent whole. */
export async function runStatement<R>(
  client: ClientBase,
  query: CompiledQuery,
  prepared: PreparedStatements | undefined,
): Promise<QueryResult<R>> {
  const name = preparable.has(query.query.kind) ? prepared?.nameOf(query.sql) : undefined
  try {
    const closing = prepared?.settle()
    if (closing !== undefined) await closing
    const result = await client.query<unknown[]>({
      ...(name === undefined ? {} : { name }),
      text: query.sql,
      values: query.parameters as unknown[], // cast: pg does not change them
      rowMode: 'array',
      types: asText,
    } as never) // cast: the types of pg know no parser without its registry
    return toResult<R>(result as unknown as QueryArrayResult<unknown[]>, textColumnsOf(query)) // cast: rowMode
  } catch (error) {
    if (name !== undefined && isStale(error)) prepared?.forgetAll()
    throw error
  }
}

/** Rows as objects. */
export function toRows<R>(
  rows: readonly unknown[][],
  fields: readonly FieldDef[],
  texts: ReadonlySet<string> | undefined,
): R[] {
  const parsers = fields.map(({ name, dataTypeID }) =>
    texts?.has(name) === true ? undefined : parserOf(dataTypeID),
  )
  const names = fields.map(({ name }) => name)
  return rows.map((values) => {
    const row: Record<string, unknown> = {}
    for (let at = 0; at < names.length; at += 1) {
      const value = values[at]
      const parse = parsers[at]
      row[names[at] as string] = // cast: within the list
        parse === undefined || value === null ? value : parse(value as string) // cast: everything arrives as text
    }
    return row as R // cast: the row type is the query builder's
  })
}

function toResult<R>(
  result: QueryArrayResult<unknown[]>,
  texts: ReadonlySet<string> | undefined,
): QueryResult<R> {
  const { command, rowCount, rows, fields } = result
  const all = rows.length === 0 ? [] : toRows<R>(rows, fields, texts)
  const changes =
    command === 'INSERT' || command === 'UPDATE' || command === 'DELETE' || command === 'MERGE'
  return changes ? { rows: all, numAffectedRows: BigInt(rowCount ?? 0) } : { rows: all }
}
