/** Binds what stands in every kind of statement: references, tables, values, comparisons, calls. */

import {
  type AggregateFunctionNode,
  type BinaryOperationNode,
  ColumnNode,
  type FunctionNode,
  OperationNodeTransformer,
  PrimitiveValueListNode,
  type QueryId,
  type RawNode,
  ReferenceNode,
  SelectAllNode,
  TableNode,
  ValueNode,
} from 'kysely'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import { DbError } from '../errors.ts'
import type { Schema } from '../schema/schema.ts'
import type { Effects } from './effects.ts'
import { functionEffects } from './function-effects.ts'
import type { NameResolver } from './name-resolver.ts'
import { isOwn } from './node-codec.ts'
import { rawEffects } from './raw-effects.ts'
import type { SourceBinder } from './source-binder.ts'
import type { ValueBinder } from './value-binder.ts'

/** What belongs to the statement that is being bound. */
export interface Binding {
  readonly names: NameResolver
  readonly effects: Effects
  readonly values: ValueBinder
  readonly sources: SourceBinder
  /** Of the node that is being bound; 1 for the statement itself. */
  depth: number
}

/** Binds expressions by what is known of the statement around them. */
export abstract class ExpressionBinder extends OperationNodeTransformer {
  readonly #schema: Schema
  readonly #dialect: DialectPackage

  constructor(schema: Schema, dialect: DialectPackage) {
    super()
    this.#schema = schema
    this.#dialect = dialect
  }

  /** Of the statement that is being bound. */
  protected abstract get binding(): Binding

  protected override transformReference(node: ReferenceNode, queryId?: QueryId): ReferenceNode {
    if (SelectAllNode.is(node.column)) return super.transformReference(node, queryId)
    const { names } = this.binding
    const found = names.resolve(node)
    if (found === undefined) return node
    const column = ColumnNode.create(found.sqlName)
    // A name of an outer level is said with its table: an inner table may have such a column under another key.
    const isOuter = found.source.sqlName !== '' && !names.scope.sources.includes(found.source)
    return node.table === undefined && !isOuter
      ? ReferenceNode.create(column)
      : ReferenceNode.create(column, TableNode.create(found.source.sqlName))
  }

  protected override transformTable(node: TableNode, _queryId?: QueryId): TableNode {
    const { identifier, schema } = node.table
    const table =
      this.binding.names.scope.findExpression(identifier.name) === null
        ? this.#schema.tables.get(identifier.name)
        : undefined
    if (table === undefined) return node
    // A table of a named schema stays there, whatever `withSchema` says.
    const own = table.schema ?? schema?.name
    return own === undefined
      ? TableNode.create(table.name)
      : TableNode.createWithSchema(own, table.name)
  }

  protected override transformRaw(node: RawNode, queryId?: QueryId): RawNode {
    if (!isOwn(node)) this.binding.effects.noteOpaque(rawEffects(node, false))
    return super.transformRaw(node, queryId)
  }

  protected override transformFunction(node: FunctionNode, queryId?: QueryId): FunctionNode {
    this.#noteCall(node.func)
    return super.transformFunction(node, queryId)
  }

  protected override transformAggregateFunction(
    node: AggregateFunctionNode,
    queryId?: QueryId,
  ): AggregateFunctionNode {
    this.#noteCall(node.func)
    return super.transformAggregateFunction(node, queryId)
  }

  protected override transformBinaryOperation(node: BinaryOperationNode): BinaryOperationNode {
    return this.binding.values.comparison(node)
  }

  protected override transformValue(node: ValueNode): ValueNode {
    return node.immediate === true
      ? node
      : ValueNode.create(this.binding.values.value(node, undefined))
  }

  protected override transformPrimitiveValueList(
    node: PrimitiveValueListNode,
  ): PrimitiveValueListNode {
    return PrimitiveValueListNode.create(
      node.values.map((value) => this.#dialect.encodeValue(value)),
    )
  }

  #noteCall(name: string): void {
    // The compiler writes the name as it stands.
    if (!functionName.test(name)) {
      throw new DbError(
        'invalid_name',
        `"${name.slice(0, 60)}" is no name of a function; names are letters, digits and _, with a schema before a dot`,
      )
    }
    this.binding.effects.noteOpaque(functionEffects(name))
  }
}

const functionName = /^[\p{L}_][\p{L}\p{N}_$]*(\.[\p{L}_][\p{L}\p{N}_$]*)?$/u
