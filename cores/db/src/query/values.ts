/** Parameters of a statement. */

import {
  BinaryOperationNode,
  type OperationNode,
  OperatorNode,
  PrimitiveValueListNode,
  ValueNode,
} from 'kysely'
import type { Codec } from '../dialect/codec.ts'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import { ValueError } from '../errors.ts'
import type { AnyBoundColumn } from '../schema/column.ts'

/** What a parameter belongs to. */
export interface ParameterContext {
  readonly codec: Codec | undefined
  readonly column: AnyBoundColumn | undefined
  readonly dialect: DialectPackage
}

/**
 * A parameter as the driver takes it: by its column's codec where there is one.
 *
 * @throws ValueError naming the column.
 */
export function encodeParameter(
  value: unknown,
  { codec, column, dialect }: ParameterContext,
): unknown {
  if (value === null || value === undefined) return value
  if (codec === undefined) return dialect.encodeValue(value)
  try {
    return codec.encode(value)
  } catch (error) {
    if (!(error instanceof ValueError) || column === undefined) throw error
    throw new ValueError(`${column.table.name}.${column.key}: ${error.message}`, { cause: error })
  }
}

/** `in ()` is a syntax error in most dialects; nothing is in an empty list. */
export function emptyList(
  right: OperationNode,
  operator: OperationNode,
): BinaryOperationNode | undefined {
  if (!PrimitiveValueListNode.is(right) || right.values.length > 0 || !OperatorNode.is(operator))
    return undefined
  if (operator.operator !== 'in' && operator.operator !== 'not in') return undefined
  const never = operator.operator === 'in'
  return BinaryOperationNode.create(
    ValueNode.createImmediate(1),
    OperatorNode.create('='),
    ValueNode.createImmediate(never ? 0 : 1),
  )
}
