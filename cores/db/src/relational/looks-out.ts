/** Whether expressions of a level speak of the levels around it: then its rows cannot be found without those. */

import { type OperationNode, ReferenceNode, SelectAllNode, SelectQueryNode } from 'kysely'
import { isOwn } from '../query/node-codec.ts'
import { columnOf } from '../schema/column.ts'
import type { TableFacts } from '../schema/table-facts.ts'

/** True when in doubt: a reference by name may mean anything. */
export function looksOut(
  nodes: readonly OperationNode[],
  table: TableFacts,
  alias: string,
): boolean {
  return nodes.some((node) => isOutside(node, table, alias))
}

function isOutside(value: unknown, table: TableFacts, alias: string): boolean {
  if (Array.isArray(value)) return value.some((one) => isOutside(one, table, alias))
  if (typeof value !== 'object' || value === null) return false
  if ('kind' in value) {
    const node = value as OperationNode // cast: what has a kind is a node
    const column = columnOf(node)
    if (column !== undefined) return column.table !== table
    if (ReferenceNode.is(node) && !SelectAllNode.is(node.column))
      return node.table !== undefined && node.table.table.identifier.name !== alias
    // A filter by a relation was made for this level, and knows its aliases.
    if (filters.has(node)) return filters.get(node) === true
    if (SelectQueryNode.is(node) && !isOwn(node)) return true
  }
  return Object.values(value).some((one) => isOutside(one, table, alias))
}

const filters = new WeakMap<OperationNode, boolean>()

/** Marks the condition of a relation filter; `out` says whether what stands in it looks further out. */
export function markFilter<N extends OperationNode>(node: N, out: boolean): N {
  filters.set(node, out)
  return node
}
