/** Finds `column = value` among the conditions that hold for every row of a result. */

import {
  AndNode,
  BinaryOperationNode,
  OperatorNode,
  type OperationNode,
  ParensNode,
  ReferenceNode,
  ValueNode,
} from 'kysely'

/** One equality, as it stands in the tree. */
export interface Equality {
  readonly reference: ReferenceNode
  readonly value: unknown
  /** The node of the value. */
  readonly source: ValueNode
}

/** The equalities joined by AND at the top of a condition. What stands under OR or NOT says nothing about all rows. */
export function topEqualities(condition: OperationNode | undefined): readonly Equality[] {
  if (condition === undefined) return []
  if (ParensNode.is(condition)) return topEqualities(condition.node)
  if (AndNode.is(condition))
    return [...topEqualities(condition.left), ...topEqualities(condition.right)]
  if (!BinaryOperationNode.is(condition)) return []
  const { leftOperand, operator, rightOperand } = condition
  if (!OperatorNode.is(operator) || operator.operator !== '=') return []
  if (ReferenceNode.is(leftOperand) && ValueNode.is(rightOperand)) {
    return [{ reference: leftOperand, value: rightOperand.value, source: rightOperand }]
  }
  if (ValueNode.is(leftOperand) && ReferenceNode.is(rightOperand)) {
    return [{ reference: rightOperand, value: leftOperand.value, source: leftOperand }]
  }
  return []
}
