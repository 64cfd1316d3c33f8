/** The values that rows have before a statement changes them, where it can be known which rows those are. */

import {
  AliasNode,
  ColumnNode,
  DeleteQueryNode,
  IdentifierNode,
  LimitNode,
  type OperationNode,
  ReferenceNode,
  type RootOperationNode,
  SelectionNode,
  SelectModifierNode,
  SelectQueryNode,
  TableNode,
  UpdateQueryNode,
  ValueNode,
} from 'kysely'
import type { Capabilities } from '../dialect/dialect-package.ts'
import type { RowLock } from '../dialect/observation-facts.ts'
import type { Analysis, TableWrite } from '../query/analysis.ts'
import { tagColumns } from '../query/tags.ts'
import type { AnyBoundColumn } from '../schema/column.ts'
import { maximumPlacedRows, untoldColumns } from './write-tags.ts'

/** Whether only the rows themselves can tell what a statement changes: rows that move, and databases that return nothing. */
export function needsOldRows(write: TableWrite, capabilities: Capabilities): boolean {
  if (write.kind === 'insert') return false
  const columns = tagColumns(write.table, capabilities)
  const moves = columns.some((column) => write.assigned.has(column) && !write.equals.has(column))
  return moves || (!capabilities.returning && untoldColumns(write, capabilities).length > 0)
}

/** How the rows are asked for. */
export interface OldRowsOptions {
  readonly write: TableWrite
  readonly columns: readonly AnyBoundColumn[]
  /** The name of each column in the result. */
  readonly nameOf: (index: number) => string
  readonly lock: RowLock | undefined
}

/**
 * Selects and locks the rows that a statement is about to change; undefined where its condition needs more than the table, or may
 * be another one the second time.
 */
export function selectOldRows(
  node: RootOperationNode,
  analysis: Analysis | undefined,
  options: OldRowsOptions,
): SelectQueryNode | undefined {
  if (analysis?.opaque !== 'no' || analysis.writes.length !== 1) return undefined
  const from = plainFrom(node)
  if (from === undefined) return undefined
  let select = known.get(node)
  if (select === undefined) {
    select = createSelect(node, from, options)
    known.set(node, select)
  }
  return select
}

/** The selects that were made for a statement: what is prepared stays prepared. */
const known = new WeakMap<RootOperationNode, SelectQueryNode>()

function createSelect(
  node: RootOperationNode,
  from: readonly OperationNode[],
  { write, columns, nameOf, lock }: OldRowsOptions,
): SelectQueryNode {
  const { where } = node as UpdateQueryNode | DeleteQueryNode // cast: `plainFrom` knows only these
  const selections = columns.map((column, index) =>
    SelectionNode.create(
      AliasNode.create(
        ReferenceNode.create(ColumnNode.create(column.name), TableNode.create(write.sqlName)),
        IdentifierNode.create(nameOf(index)),
      ),
    ),
  )
  return Object.freeze({
    ...SelectQueryNode.createFrom([...from]),
    selections,
    // One more than are told one by one says that there are too many.
    limit: LimitNode.create(ValueNode.createImmediate(maximumPlacedRows + 1)),
    ...(where === undefined ? {} : { where }),
    ...(lock === undefined ? {} : { endModifiers: [SelectModifierNode.create(lock)] }),
  })
}

/** The table of a statement that names no other. */
function plainFrom(node: RootOperationNode): readonly OperationNode[] | undefined {
  if (UpdateQueryNode.is(node)) {
    const { table, from, joins, limit, orderBy } = node
    const others = [from, joins, node.with, limit, orderBy, node.top]
    return table === undefined || others.some((one) => one !== undefined) ? undefined : [table]
  }
  if (DeleteQueryNode.is(node)) {
    const others = [node.using, node.joins, node.with, node.limit, node.orderBy, node.top]
    return others.some((one) => one !== undefined) ? undefined : node.from.froms
  }
  return undefined
}
