/** The subquery behind a relation filter. */

import {
  AliasNode,
  AndNode,
  BinaryOperationNode,
  FromNode,
  IdentifierNode,
  type JoinNode,
  type OperationNode,
  OnNode,
  OperatorNode,
  SelectionNode,
  SelectQueryNode,
  TableNode,
  ValueNode,
  WhereNode,
} from 'kysely'
import type { Schema } from '../schema/schema.ts'
import type { TableFacts } from '../schema/table-facts.ts'
import type { RelatedLevel } from './level.ts'
import { keyOf } from './link-relation.ts'
import { own, reference } from './nodes.ts'

/** Related rows of one row, and what is asked of them. */
export interface FilterParts extends Pick<RelatedLevel, 'links' | 'junction'> {
  readonly table: TableFacts
  readonly alias: string
  /** The alias of the row's own table. */
  readonly outer: string
  readonly condition: OperationNode | undefined
  /** The rows that do not meet the condition. */
  readonly negated: boolean
}

/** `select 1 from related as r where …` */
export function filterQuery(parts: FilterParts, schema: Schema): SelectQueryNode {
  const { table, alias, outer, links, junction, condition, negated } = parts
  const conditions: OperationNode[] = links.map((link) =>
    equal(reference(link.alias, link.inner.key), reference(outer, link.outer.key)),
  )
  if (condition !== undefined)
    conditions.push(negated ? own(['not coalesce(', ', ', ')'], [condition, falsehood]) : condition)
  // Every row meets no condition.
  else if (negated)
    conditions.push(equal(ValueNode.createImmediate(1), ValueNode.createImmediate(0)))
  const [first, ...rest] = conditions
  const node: SelectQueryNode = {
    ...SelectQueryNode.createFrom([aliased(keyOf(table, schema), alias)]),
    selections: [
      SelectionNode.create(
        AliasNode.create(ValueNode.createImmediate(1), IdentifierNode.create('one')),
      ),
    ],
    ...(first === undefined ? {} : { where: WhereNode.create(rest.reduce(AndNode.create, first)) }),
  }
  if (junction === undefined) return node
  const on = junction.on.map(({ left, right }) => equal(left, right))
  const [begin, ...more] = on
  const join: JoinNode = {
    kind: 'JoinNode',
    joinType: 'InnerJoin',
    table: aliased(junction.key, junction.alias),
    ...(begin === undefined ? {} : { on: OnNode.create(more.reduce(AndNode.create, begin)) }),
  }
  return { ...node, from: FromNode.create([aliased(keyOf(table, schema), alias)]), joins: [join] }
}

const falsehood = equal(ValueNode.createImmediate(1), ValueNode.createImmediate(0))

function equal(left: OperationNode, right: OperationNode): BinaryOperationNode {
  return BinaryOperationNode.create(left, OperatorNode.create('='), right)
}

function aliased(key: string, alias: string): AliasNode {
  return AliasNode.create(TableNode.create(key), IdentifierNode.create(alias))
}
