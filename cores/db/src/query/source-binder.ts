/** What a query reads from: WITH, FROM, JOIN. Binding it makes its names known. */

import {
  AliasNode,
  type CommonTableExpressionNode,
  type FromNode,
  IdentifierNode,
  type JoinNode,
  type JoinType,
  type OperationNode,
  RawNode,
  TableNode,
  type WithNode,
} from 'kysely'
import type { Effects } from './effects.ts'
import type { NameResolver } from './name-resolver.ts'
import { isOwn } from './node-codec.ts'
import type { Output, Source } from './source.ts'

/** What sources are bound with. */
export interface SourceBinderOptions {
  readonly names: NameResolver
  readonly effects: Effects
  readonly bind: <N extends OperationNode>(node: N) => N
  /** The columns of a bound subquery. */
  readonly outputOf: (node: OperationNode) => Output
}

/** A bound source. */
export interface BoundSource {
  readonly node: OperationNode
  readonly source: Source | undefined
}

const seesBeside: ReadonlySet<JoinType> = new Set([
  'LateralInnerJoin',
  'LateralLeftJoin',
  'LateralCrossJoin',
  'CrossApply',
  'OuterApply',
])

/** Binds the sources of one statement. */
export class SourceBinder {
  readonly #names: NameResolver
  readonly #effects: Effects
  readonly #bind: SourceBinderOptions['bind']
  readonly #outputOf: SourceBinderOptions['outputOf']

  constructor({ names, effects, bind, outputOf }: SourceBinderOptions) {
    this.#names = names
    this.#effects = effects
    this.#bind = bind
    this.#outputOf = outputOf
  }

  /** Common table expressions. */
  expressions(node: WithNode): WithNode {
    const expressions = node.expressions.map((expression): CommonTableExpressionNode => {
      const { name } = expression
      const key = name.table.table.identifier.name
      // A recursive expression sees itself, before its columns are known.
      if (node.recursive === true) this.#names.scope.expressions.set(key, undefined)
      const bound = this.#bind(expression.expression)
      const output = this.#outputOf(bound)
      const names = name.columns?.map((column) => column.column.name)
      this.#names.scope.expressions.set(
        key,
        names === undefined
          ? output
          : names.map((own, index) => ({ name: own, codec: output?.[index]?.codec })),
      )
      return { ...expression, expression: bound }
    })
    return { ...node, expressions }
  }

  from(node: FromNode): FromNode {
    return { ...node, froms: node.froms.map((from) => this.add(from).node) }
  }

  joins(joins: readonly JoinNode[]): readonly JoinNode[] {
    return joins.map((join) => {
      const { node } = this.add(join.table, seesBeside.has(join.joinType))
      return join.on === undefined
        ? { ...join, table: node }
        : { ...join, table: node, on: this.#bind(join.on) }
    })
  }

  /**
   * Binds what stands in FROM or JOIN and makes its columns known.
   *
   * @param isLateral it sees what stands before it
   */
  add(node: OperationNode, isLateral = false): BoundSource {
    if (TableNode.is(node)) {
      const apart = this.#names.nameApart(node)
      const source = this.#names.addTable(node, undefined, apart)
      const bound = this.#bind(node)
      if (source !== undefined) this.#effects.places.noteTable(source, bound)
      return {
        node: apart === undefined ? bound : AliasNode.create(bound, IdentifierNode.create(apart)),
        source,
      }
    }
    const isAliased = AliasNode.is(node) && IdentifierNode.is(node.alias)
    const alias = isAliased && IdentifierNode.is(node.alias) ? node.alias.name : ''
    const inner = isAliased ? node.node : node
    if (isAliased && TableNode.is(inner)) {
      const source = this.#names.addTable(inner, alias)
      const bound = this.#bind(inner)
      if (source !== undefined) this.#effects.places.noteTable(source, bound)
      return { node: AliasNode.create(bound, node.alias), source }
    }
    // However harmless its own text: what it names is read.
    if (RawNode.is(inner) && !isOwn(inner)) this.#effects.noteOpaque('read')
    const bound = isLateral ? this.#bind(inner) : this.#names.inFrom(() => this.#bind(inner))
    const source: Source = {
      alias,
      sqlName: alias,
      table: undefined,
      output: isAliased ? this.#outputOf(bound) : undefined,
    }
    this.#names.scope.sources.push(source)
    return isAliased
      ? { node: AliasNode.create(bound, node.alias), source }
      : { node: bound, source: undefined }
  }
}
