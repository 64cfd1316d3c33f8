/** Finds `column = value` and the like among the conditions that hold for every row of a result. */

import {
  AndNode,
  BinaryOperationNode,
  OperatorNode,
  type OperationNode,
  ParensNode,
  PrimitiveValueListNode,
  ReferenceNode,
  SelectQueryNode,
  ValueNode,
} from 'kysely'

/** One equality, as it stands in the tree. */
export interface Equality {
  readonly reference: ReferenceNode
  readonly value: unknown
  /** The node of the value. */
  readonly source: ValueNode
}

/** `column in (1, 2)`, as it stands in the tree. */
export interface Membership {
  readonly reference: ReferenceNode
  readonly values: readonly unknown[]
  /** The node of the list. */
  readonly source: PrimitiveValueListNode
}

/** `column = column`, or `column in (select …)`. */
export interface Link {
  readonly reference: ReferenceNode
  readonly other: ReferenceNode | SelectQueryNode
}

/** What narrows the rows of a result. */
export interface TopConditions {
  readonly equalities: readonly Equality[]
  readonly memberships: readonly Membership[]
  readonly links: readonly Link[]
}

/** The equalities joined by AND at the top of a condition. What stands under OR or NOT says nothing about all rows. */
export function topEqualities(condition: OperationNode | undefined): readonly Equality[] {
  return topConditions(condition).equalities
}

/** What else is joined by AND at the top of conditions, all of which hold. */
export function topConditions(
  ...conditions: readonly (OperationNode | undefined)[]
): TopConditions {
  const equalities: Equality[] = []
  const memberships: Membership[] = []
  const links: Link[] = []
  const add = (condition: OperationNode | undefined): void => {
    if (condition === undefined) return
    if (ParensNode.is(condition)) return add(condition.node)
    if (AndNode.is(condition)) {
      add(condition.left)
      return add(condition.right)
    }
    if (!BinaryOperationNode.is(condition)) return
    const { leftOperand: left, operator, rightOperand: right } = condition
    if (!OperatorNode.is(operator)) return
    if (operator.operator === '=') {
      if (ReferenceNode.is(left) && ValueNode.is(right))
        equalities.push({ reference: left, value: right.value, source: right })
      if (ValueNode.is(left) && ReferenceNode.is(right))
        equalities.push({ reference: right, value: left.value, source: left })
      if (ReferenceNode.is(left) && ReferenceNode.is(right))
        links.push({ reference: left, other: right }, { reference: right, other: left })
    }
    if (operator.operator === 'in' && ReferenceNode.is(left)) {
      if (PrimitiveValueListNode.is(right))
        memberships.push({ reference: left, values: right.values, source: right })
      if (SelectQueryNode.is(right)) links.push({ reference: left, other: right })
    }
  }
  for (const condition of conditions) add(condition)
  return { equalities, memberships, links }
}
