/** Expressions that no column stands behind, with the type of one. */

import {
  type AliasableExpression,
  type Expression,
  ExpressionWrapper,
  type OperationNode,
} from 'kysely'
import type { ColumnBuilder } from '../schema/column-builder.ts'
import type { ColumnTypeFacts } from '../schema/column-type.ts'
import { columnOf, referenceTo } from '../schema/column.ts'

const types = new WeakMap<OperationNode, ColumnTypeFacts>()

/**
 * Says what type the value of an expression has, so that it is read like a column of that type, at the top and inside
 * nested rows: `typed(sql`sum(${tasks.size})`, bigint())`.
 */
export function typed<Value, NotNull extends boolean>(
  expression: Expression<unknown>,
  column: ColumnBuilder<Value, NotNull, boolean>,
): AliasableExpression<NotNull extends true ? Value : Value | null> {
  const given = expression.toOperationNode()
  const own = columnOf(given)
  // The node of a column stands wherever the column does.
  const node = own === undefined ? given : referenceTo(own)
  types.set(node, column.facts.type)
  return new ExpressionWrapper<never, never, NotNull extends true ? Value : Value | null>(node)
}

/** The type of an expression: of the column that it is, or as {@link typed} said. */
export function typeOfNode(node: OperationNode): ColumnTypeFacts | undefined {
  return types.get(node) ?? columnOf(node)?.facts.type
}
