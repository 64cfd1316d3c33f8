/** Conditions on columns, for all query layers: `where(eq(users.email, email))`. */

import {
  AndNode,
  BinaryOperationNode,
  type BinaryOperator,
  type Expression,
  ExpressionWrapper,
  FunctionNode,
  type OperationNode,
  OperatorNode,
  OrderByItemNode,
  OrNode,
  ParensNode,
  PrimitiveValueListNode,
  RawNode,
  type SqlBool,
  UnaryOperationNode,
  ValueNode,
} from 'kysely'
import type { Column } from '../schema/column.ts'

/** A column, or any expression, of values of type `V`. */
type Operand<V> = Column<V> | Expression<V> | Expression<V | null>

/** What stands on the right of a comparison. */
type Comparand<V> = V | Expression<V> | Expression<V | null>

declare const notText: unique symbol

/** What a database that has enums does not search for patterns; `typed(sql`${tasks.status}::text`, text())` is text. */
export interface NotText<Value> {
  readonly [notText]: Value
}

/** A pattern for text; columns that hold one of a few names have none. */
type Pattern<V extends string> = Record<never, never> extends Record<V, 1> ? string : NotText<V>

/** A condition. */
export type Condition = Expression<SqlBool>

/** `=` */
export function eq<V>(left: Operand<V>, right: NoInfer<Comparand<V>>): Condition {
  return compare(left, '=', right)
}

/** `!=` */
export function ne<V>(left: Operand<V>, right: NoInfer<Comparand<V>>): Condition {
  return compare(left, '!=', right)
}

/** `>` */
export function gt<V>(left: Operand<V>, right: NoInfer<Comparand<V>>): Condition {
  return compare(left, '>', right)
}

/** `>=` */
export function gte<V>(left: Operand<V>, right: NoInfer<Comparand<V>>): Condition {
  return compare(left, '>=', right)
}

/** `<` */
export function lt<V>(left: Operand<V>, right: NoInfer<Comparand<V>>): Condition {
  return compare(left, '<', right)
}

/** `<=` */
export function lte<V>(left: Operand<V>, right: NoInfer<Comparand<V>>): Condition {
  return compare(left, '<=', right)
}

/** `like`: `%` is any text, `_` any character. SQLite's ignores the case of ASCII letters. */
export function like<V extends string>(left: Operand<V>, pattern: Pattern<V>): Condition {
  return compare(left, 'like', pattern)
}

/** `like` that ignores case, on every dialect: both sides in lower case. */
export function ilike<V extends string>(left: Operand<V>, pattern: Pattern<V>): Condition {
  const lower = (node: OperationNode): OperationNode => FunctionNode.create('lower', [node])
  return wrap(
    BinaryOperationNode.create(
      lower(toNode(left)),
      OperatorNode.create('like'),
      lower(ValueNode.create(pattern)),
    ),
  )
}

/** One of a list; nothing is in an empty one. */
export function inArray<V>(
  left: Operand<V>,
  values: readonly NoInfer<V>[] | Expression<NoInfer<V>>,
): Condition {
  return wrap(
    BinaryOperationNode.create(toNode(left), OperatorNode.create('in'), toListNode(values)),
  )
}

/** None of a list. */
export function notInArray<V>(
  left: Operand<V>,
  values: readonly NoInfer<V>[] | Expression<NoInfer<V>>,
): Condition {
  return wrap(
    BinaryOperationNode.create(toNode(left), OperatorNode.create('not in'), toListNode(values)),
  )
}

/** `is null` */
export function isNull(operand: Expression<unknown>): Condition {
  return wrap(
    BinaryOperationNode.create(
      toNode(operand),
      OperatorNode.create('is'),
      ValueNode.createImmediate(null),
    ),
  )
}

/** `is not null` */
export function isNotNull(operand: Expression<unknown>): Condition {
  return wrap(
    BinaryOperationNode.create(
      toNode(operand),
      OperatorNode.create('is not'),
      ValueNode.createImmediate(null),
    ),
  )
}

/** All of the conditions; those that are undefined do not count. Without any it is true. */
export function and(...conditions: readonly (Condition | undefined)[]): Condition {
  return join(conditions, AndNode.create, 1)
}

/** One of the conditions; those that are undefined do not count. Without any it is false. */
export function or(...conditions: readonly (Condition | undefined)[]): Condition {
  return join(conditions, OrNode.create, 0)
}

/** The opposite of a condition. */
export function not(condition: Condition): Condition {
  return wrap(
    UnaryOperationNode.create(OperatorNode.create('not'), ParensNode.create(toNode(condition))),
  )
}

/** An order. */
export type Order = Expression<unknown>

/** Where rows without a value stand. */
export interface OrderOptions {
  /** @default 'last' for `asc`, 'first' for `desc`, on every database */
  readonly nulls?: 'first' | 'last'
}

/** From small to large. */
export function asc(operand: Expression<unknown>, options: OrderOptions = {}): Order {
  return wrapOrder(operand, 'asc', options)
}

/** From large to small. */
export function desc(operand: Expression<unknown>, options: OrderOptions = {}): Order {
  return wrapOrder(operand, 'desc', options)
}

/** The operators as they are handed to callbacks. */
export interface Operators {
  readonly eq: typeof eq
  readonly ne: typeof ne
  readonly gt: typeof gt
  readonly gte: typeof gte
  readonly lt: typeof lt
  readonly lte: typeof lte
  readonly like: typeof like
  readonly ilike: typeof ilike
  readonly inArray: typeof inArray
  readonly notInArray: typeof notInArray
  readonly isNull: typeof isNull
  readonly isNotNull: typeof isNotNull
  readonly and: typeof and
  readonly or: typeof or
  readonly not: typeof not
  readonly asc: typeof asc
  readonly desc: typeof desc
}

/** All of them. */
export const operators: Operators = Object.freeze({
  eq,
  ne,
  gt,
  gte,
  lt,
  lte,
  like,
  ilike,
  inArray,
  notInArray,
  isNull,
  isNotNull,
  and,
  or,
  not,
  asc,
  desc,
})

function compare(left: Expression<unknown>, operator: BinaryOperator, right: unknown): Condition {
  // `= null` is never true; who compares with null means the absence.
  if (right === null && (operator === '=' || operator === '!=')) {
    return operator === '=' ? isNull(left) : isNotNull(left)
  }
  return wrap(
    BinaryOperationNode.create(toNode(left), OperatorNode.create(operator), toNode(right)),
  )
}

function join(
  conditions: readonly (Condition | undefined)[],
  combine: (left: OperationNode, right: OperationNode) => OperationNode,
  empty: 0 | 1,
): Condition {
  const nodes = conditions.filter((condition) => condition !== undefined).map(toNode)
  const [first, ...rest] = nodes
  if (first === undefined) {
    return wrap(
      BinaryOperationNode.create(
        ValueNode.createImmediate(1),
        OperatorNode.create('='),
        ValueNode.createImmediate(empty),
      ),
    )
  }
  return rest.length === 0 ? wrap(first) : wrap(ParensNode.create(rest.reduce(combine, first)))
}

function toNode(operand: unknown): OperationNode {
  return isExpression(operand) ? operand.toOperationNode() : ValueNode.create(operand)
}

function toListNode(values: unknown): OperationNode {
  return Array.isArray(values) ? PrimitiveValueListNode.create(values) : toNode(values)
}

function isExpression(value: unknown): value is Expression<unknown> {
  return typeof value === 'object' && value !== null && 'toOperationNode' in value
}

function wrap(node: OperationNode): Condition {
  return new ExpressionWrapper<never, never, SqlBool>(node)
}

function wrapOrder(
  operand: Expression<unknown>,
  direction: 'asc' | 'desc',
  { nulls }: OrderOptions,
): Order {
  const item = OrderByItemNode.create(operand.toOperationNode(), RawNode.createWithSql(direction))
  const node = nulls === undefined ? item : OrderByItemNode.cloneWith(item, { nulls })
  return { expressionType: undefined, toOperationNode: () => node }
}
