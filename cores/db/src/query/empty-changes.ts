/** Inserts and updates that name no column, which SQL has no common words for. */

import {
  ColumnNode,
  DefaultInsertValueNode,
  InsertQueryNode,
  RawNode,
  type UpdateQueryNode,
  ValueListNode,
  ValuesNode,
} from 'kysely'
import { DbError } from '../errors.ts'
import type { TableFacts } from '../schema/table-facts.ts'
import { markOwn } from './node-codec.ts'

/** Whether an INSERT has a list of rows, and nothing in it: it changes nothing. */
export function insertsNothing({ values }: InsertQueryNode): boolean {
  return values !== undefined && ValuesNode.is(values) && values.values.length === 0
}

/**
 * Rows without values are rows of defaults, said of one column. No rows are selected from nowhere, for all columns: MySQL asks for
 * the ones that have no default before it sees that there is no row.
 */
export function completeInsert(
  node: InsertQueryNode,
  table: TableFacts | undefined,
): InsertQueryNode {
  const { values } = node
  if (values === undefined || !ValuesNode.is(values) || table === undefined) return node
  const columns = [...table.columns.values()].filter(({ facts }) => facts.generated === undefined)
  const free = columns.filter(({ facts }) => facts.identity !== 'always')
  if (insertsNothing(node)) {
    if (free.length === 0) return node
    const nulls = free.map(() => 'null').join(', ')
    return InsertQueryNode.cloneWith(node, {
      columns: free.map(({ key }) => ColumnNode.create(key)),
      values: markOwn(RawNode.createWithSql(`select ${nulls} where 1 = 0`)),
    })
  }
  const column = free[0] ?? columns[0]
  if (node.columns?.length !== 0 || column === undefined) return node
  const rows = values.values.map(() => ValueListNode.create([DefaultInsertValueNode.create()]))
  return InsertQueryNode.cloneWith(node, {
    columns: [ColumnNode.create(column.key)],
    values: ValuesNode.create(rows),
  })
}

/** @throws DbError `nothing_assigned` for an UPDATE, or the update of an INSERT, that assigns nothing. */
export function assertAssigns(node: UpdateQueryNode | InsertQueryNode, table: string): void {
  const given = InsertQueryNode.is(node)
    ? [node.onConflict?.updates, node.onDuplicateKey?.updates].find((one) => one !== undefined)
    : (node.updates ?? [])
  if (given === undefined || given.length > 0) return
  throw new DbError(
    'nothing_assigned',
    `the update of "${table}" gives no column a value; undefined ones are left out, so ask whether there are any before`,
  )
}
