/** Orders that are total: the same rows in the same places on every database. */

import { ColumnNode, OrderByItemNode, type OperationNode, RawNode, ReferenceNode } from 'kysely'
import { DbError } from '../errors.ts'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import { markOwn } from '../query/node-codec.ts'
import { typeOfNode } from '../query/typed.ts'
import { columnOf } from '../schema/column.ts'
import type { ColumnTypeFacts } from '../schema/column-type.ts'
import type { TableFacts } from '../schema/table-facts.ts'
import { reference } from './nodes.ts'
import { primaryKeyOf } from './relation-join.ts'

/** One member of an order. */
export interface PlannedOrder {
  readonly node: OperationNode
  readonly descending: boolean
  readonly nulls: 'first' | 'last'
  readonly nullable: boolean
  /** Undefined for an expression whose type nobody said. */
  readonly type: ColumnTypeFacts | undefined
  /** What the order is recognised by. */
  readonly name: string
}

/** What was asked for, then the primary key. */
export function planOrder(
  nodes: readonly OperationNode[],
  table: TableFacts,
  alias: string,
): readonly PlannedOrder[] {
  const wanted = nodes.map((node) => planOne(node, table))
  const named = new Set(wanted.map((one) => one.name))
  const key = primaryKeyOf(table)
    .filter((column) => !named.has(column.key))
    .map((column): PlannedOrder => ({
      node: reference(alias, column.key),
      descending: false,
      nulls: 'last',
      nullable: false,
      type: column.facts.type,
      name: column.key,
    }))
  return [...wanted, ...key]
}

function planOne(given: OperationNode, table: TableFacts): PlannedOrder {
  const isItem = OrderByItemNode.is(given)
  const node = isItem ? given.orderBy : given
  const direction = isItem ? given.direction : undefined
  const descending =
    direction !== undefined && RawNode.is(direction) && direction.sqlFragments[0] === 'desc'
  const column = columnOf(node) ?? byName(node, table)
  const isOwn = column?.table === table
  return {
    node,
    descending,
    nulls: (isItem ? given.nulls : undefined) ?? (descending ? 'first' : 'last'),
    nullable: column === undefined || !isOwn || !column.facts.notNull,
    type: column?.facts.type ?? typeOfNode(node),
    name: isOwn ? column.key : '',
  }
}

function byName(node: OperationNode, table: TableFacts) {
  return ReferenceNode.is(node) && node.table === undefined && ColumnNode.is(node.column)
    ? table.columns.get(node.column.column.name)
    : undefined
}

/** The members as they stand after ORDER BY. */
export function orderNodes(
  order: readonly PlannedOrder[],
  dialect: DialectPackage,
): readonly OperationNode[] {
  return order.flatMap(({ node, descending, nulls, nullable }) => {
    const direction = descending ? 'desc' : 'asc'
    const text = (...fragments: string[]): OperationNode =>
      markOwn(RawNode.create(fragments, [node]))
    if (!nullable) return [text('', ` ${direction}`)]
    if (dialect.json.nullsOrder) return [text('', ` ${direction} nulls ${nulls}`)]
    return [text('(', ` is null) ${nulls === 'last' ? 'asc' : 'desc'}`), text('', ` ${direction}`)]
  })
}

/** @throws DbError for an order that a cursor cannot stand in. */
export function assertComparable(
  order: readonly PlannedOrder[],
  table: TableFacts,
): asserts order is readonly (PlannedOrder & { readonly type: ColumnTypeFacts })[] {
  if (primaryKeyOf(table).length === 0) {
    throw new DbError(
      'no_primary_key',
      `"${table.name}" has no primary key, so its rows have no total order and no cursors`,
    )
  }
  if (order.every(({ type }) => type !== undefined)) return
  throw new DbError(
    'invalid_options',
    `orderBy of "${table.name}": a cursor needs the type of each expression; order by columns, or by ` +
      'typed(expression, integer())',
  )
}
