/**
 * Binds an operation tree to the schema: keys become database names, `*` becomes columns, values pass their column's codec,
 * and what the statement reads, writes and returns is noted on the way.
 */

import {
  type AggregateFunctionNode,
  AliasNode,
  AndNode,
  type BinaryOperationNode,
  ColumnNode,
  type ColumnUpdateNode,
  type CommonTableExpressionNode,
  DefaultInsertValueNode,
  DeleteQueryNode,
  type FromNode,
  type FunctionNode,
  IdentifierNode,
  InsertQueryNode,
  type JoinNode,
  ListNode,
  type OnConflictNode,
  OperationNodeTransformer,
  type OperationNode,
  PrimitiveValueListNode,
  type QueryId,
  type OrderByNode,
  RawNode,
  ReferenceNode,
  type ReturningNode,
  type RootOperationNode,
  SelectAllNode,
  type SelectionNode,
  SelectQueryNode,
  TableNode,
  UpdateQueryNode,
  ValueListNode,
  ValueNode,
  ValuesNode,
  type WithNode,
} from 'kysely'
import { DbError } from '../errors.ts'
import type { Codec } from '../dialect/codec.ts'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { AnyBoundColumn } from '../schema/column.ts'
import type { Schema } from '../schema/schema.ts'
import type { Analysis } from './analysis.ts'
import { Effects } from './effects.ts'
import { functionEffects } from './function-effects.ts'
import { NameResolver } from './name-resolver.ts'
import { optional, without } from './node-copies.ts'
import { isOwn } from './node-codec.ts'
import { rawEffects } from './raw-effects.ts'
import { bindSelections, type BoundSelections } from './selections.ts'
import type { Output, OutputColumn, Source, SourceColumn } from './source.ts'
import { emptyList, encodeParameter } from './values.ts'

/** Binds trees, one at a time; one binder serves a whole database. */
export class QueryBinder extends OperationNodeTransformer {
  readonly #schema: Schema
  readonly #dialect: DialectPackage
  /**
   * Bound tree → the tree as it was written. Kysely binds a subquery when it is built, without the query around it; there
   * it is bound again from this, and finds the outer names.
   */
  readonly #written = new WeakMap<OperationNode, OperationNode>()
  readonly #analyses = new WeakMap<OperationNode, Analysis>()
  readonly #outputs = new WeakMap<OperationNode, readonly OutputColumn[]>()
  #names: NameResolver
  #effects: Effects
  #depth = 0

  constructor(schema: Schema, dialect: DialectPackage) {
    super()
    this.#schema = schema
    this.#dialect = dialect
    this.#names = this.#createNames()
    this.#effects = new Effects(this.#names, dialect.capabilities)
  }

  /** Binds a whole statement; a bound one is left alone. */
  bind<N extends RootOperationNode>(node: N, queryId: QueryId): N {
    if (this.#analyses.has(node)) return node
    // A statement may be bound while another is: Kysely binds subqueries when they are built.
    const outer = [this.#names, this.#effects, this.#depth] as const
    this.#names = this.#createNames()
    this.#effects = new Effects(this.#names, this.#dialect.capabilities)
    this.#depth = 0
    try {
      const bound = isQuery(node) ? this.transformNode(node, queryId) : node
      if (!isQuery(node)) this.#effects.noteOpaque('write')
      if (RawNode.is(node)) this.#effects.noteOpaque(rawEffects(node, true))
      const { reads, writes, opaque } = this.#effects
      this.#analyses.set(bound, { output: this.#outputs.get(bound), reads, writes, opaque })
      this.#written.set(bound, node)
      return bound
    } finally {
      ;[this.#names, this.#effects, this.#depth] = outer
    }
  }

  /** What is known of a bound statement; undefined for one that never passed {@link QueryBinder.bind}. */
  analysisOf(node: RootOperationNode): Analysis | undefined {
    return this.#analyses.get(node)
  }

  override transformNode<N extends OperationNode | undefined>(node: N, queryId?: QueryId): N {
    if (node === undefined) return node
    // cast: a tree is bound to a tree of its own kind
    const written = (this.#written.get(node) ?? node) as N & OperationNode
    this.#depth += 1
    try {
      return super.transformNode(written, queryId)
    } finally {
      this.#depth -= 1
    }
  }

  protected override transformSelectQuery(
    node: SelectQueryNode,
    queryId?: QueryId,
  ): SelectQueryNode {
    return this.#names.inScope(() => {
      const { setOperations, ...rest } = node
      const withNode = this.#bindWith(node.with, queryId)
      const from = this.#bindFrom(node.from, queryId)
      const joins = this.#bindJoins(node.joins, queryId)
      const selections = this.#bindSelections(node.selections, queryId)
      const inner = super.transformSelectQuery(
        without(rest, ['from', 'joins', 'selections', 'with', 'orderBy']),
        queryId,
      )
      const bound: SelectQueryNode = Object.freeze({
        ...inner,
        ...optional('with', withNode),
        ...optional('from', from),
        ...optional('joins', joins),
        ...optional('selections', selections?.nodes),
        ...optional('orderBy', this.#bindOrderBy(node.orderBy, queryId)),
        ...optional('setOperations', this.transformNodeList(setOperations, queryId)),
      })
      this.#effects.noteReads(node)
      if (selections?.output !== undefined) this.#outputs.set(bound, selections.output)
      return bound
    })
  }

  protected override transformInsertQuery(
    node: InsertQueryNode,
    queryId?: QueryId,
  ): InsertQueryNode {
    const outermost = this.#depth === 1
    const action = node.orAction?.action
    if (action === 'fail' || action === 'rollback') {
      throw new DbError(
        'unsupported_statement',
        `INSERT OR ${action.toUpperCase()} fails and yet leaves something behind; use onConflict(), or a transaction`,
      )
    }
    return this.#names.inScope(() => {
      const withNode = this.#bindWith(node.with, queryId)
      const target = this.#names.addTable(node.into, undefined)
      const columns = node.columns?.map((column) =>
        this.#names.columnIn(target, column.column.name),
      )
      const values = this.#bindInsertValues(node.values, columns, queryId)
      if (target !== undefined)
        this.#names.scope.sources.push({ ...target, alias: 'excluded', sqlName: 'excluded' })
      const selections = this.#bindReturning(node.returning, queryId)
      const { onConflict, onDuplicateKey } = node
      const updates = onConflict?.updates ?? onDuplicateKey?.updates
      const bound: InsertQueryNode = Object.freeze({
        ...super.transformInsertQuery(
          without(node, ['with', 'columns', 'values', 'returning', 'onConflict', 'onDuplicateKey']),
          queryId,
        ),
        ...optional('with', withNode),
        ...optional('columns', columns?.map(toColumnNode)),
        ...optional('values', values),
        ...optional('returning', selections?.node),
        ...optional('onConflict', onConflict && this.#bindOnConflict(onConflict, target, queryId)),
        ...optional(
          'onDuplicateKey',
          onDuplicateKey && {
            ...onDuplicateKey,
            updates: onDuplicateKey.updates.map((update) =>
              this.#bindUpdate(update, target, queryId),
            ),
          },
        ),
      })
      this.#effects.noteInsert({ node, target, columns, updates, outermost })
      if (selections?.output !== undefined) this.#outputs.set(bound, selections.output)
      return bound
    })
  }

  protected override transformUpdateQuery(
    node: UpdateQueryNode,
    queryId?: QueryId,
  ): UpdateQueryNode {
    const outermost = this.#depth === 1
    return this.#names.inScope(() => {
      const withNode = this.#bindWith(node.with, queryId)
      const tables =
        node.table === undefined ? [] : ListNode.is(node.table) ? node.table.items : [node.table]
      const sources = tables.map((table) => this.#addSource(table, queryId))
      const [target] = sources
      const from = this.#bindFrom(node.from, queryId)
      const joins = this.#bindJoins(node.joins, queryId)
      const updates = node.updates?.map((update) =>
        this.#bindUpdate(update, target?.source, queryId),
      )
      const selections = this.#bindReturning(node.returning, queryId)
      const inner = super.transformUpdateQuery(
        without(node, ['with', 'table', 'from', 'joins', 'updates', 'returning']),
        queryId,
      )
      const bound: UpdateQueryNode = Object.freeze({
        ...inner,
        ...optional('with', withNode),
        ...optional(
          'table',
          node.table && ListNode.is(node.table)
            ? ListNode.create(sources.map((one) => one.node))
            : target?.node,
        ),
        ...optional('from', from),
        ...optional('joins', joins),
        ...optional('updates', updates),
        ...optional('returning', selections?.node),
      })
      if (sources.length === 1)
        this.#effects.noteChange('update', { node, source: target?.source, outermost })
      else this.#effects.noteOpaque('write')
      if (selections?.output !== undefined) this.#outputs.set(bound, selections.output)
      return bound
    })
  }

  protected override transformDeleteQuery(
    node: DeleteQueryNode,
    queryId?: QueryId,
  ): DeleteQueryNode {
    const outermost = this.#depth === 1
    return this.#names.inScope(() => {
      const withNode = this.#bindWith(node.with, queryId)
      const from = this.#bindFrom(node.from, queryId)
      const target = this.#names.scope.sources[0]
      const using = node.using?.tables.map((table) => this.#addSource(table, queryId).node)
      const joins = this.#bindJoins(node.joins, queryId)
      const selections = this.#bindReturning(node.returning, queryId)
      const inner = super.transformDeleteQuery(
        without(node, ['with', 'joins', 'using', 'returning']),
        queryId,
      )
      const bound: DeleteQueryNode = Object.freeze({
        ...inner,
        ...optional('with', withNode),
        ...(from === undefined ? {} : { from }),
        ...optional('using', node.using && using && { ...node.using, tables: using }),
        ...optional('joins', joins),
        ...optional('returning', selections?.node),
      })
      if (node.from.froms.length === 1)
        this.#effects.noteChange('delete', { node, source: target, outermost })
      else this.#effects.noteOpaque('write')
      if (selections?.output !== undefined) this.#outputs.set(bound, selections.output)
      return bound
    })
  }

  protected override transformReference(node: ReferenceNode, queryId?: QueryId): ReferenceNode {
    if (SelectAllNode.is(node.column)) return super.transformReference(node, queryId)
    const found = this.#names.resolve(node)
    if (found === undefined) return node
    const column = ColumnNode.create(found.sqlName)
    // A name of an outer level is said with its table: an inner table may have such a column under another key.
    const isOuter = found.source.sqlName !== '' && !this.#names.scope.sources.includes(found.source)
    return node.table === undefined && !isOuter
      ? ReferenceNode.create(column)
      : ReferenceNode.create(column, TableNode.create(found.source.sqlName))
  }

  protected override transformTable(node: TableNode, _queryId?: QueryId): TableNode {
    const { identifier, schema } = node.table
    const table =
      this.#names.scope.findExpression(identifier.name) === null
        ? this.#schema.tables.get(identifier.name)
        : undefined
    if (table === undefined) return node
    return schema === undefined
      ? TableNode.create(table.name)
      : TableNode.createWithSchema(schema.name, table.name)
  }

  protected override transformRaw(node: RawNode, queryId?: QueryId): RawNode {
    if (!isOwn(node)) this.#effects.noteOpaque(rawEffects(node, false))
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

  protected override transformBinaryOperation(
    node: BinaryOperationNode,
    queryId?: QueryId,
  ): BinaryOperationNode {
    const { leftOperand, rightOperand, operator } = node
    const empty = emptyList(rightOperand, operator)
    if (empty !== undefined) return empty
    const left = this.#names.codecOf(leftOperand)
    return {
      kind: 'BinaryOperationNode',
      leftOperand: this.#bindOperand(leftOperand, this.#names.codecOf(rightOperand), queryId),
      operator: this.transformNode(operator, queryId),
      rightOperand: this.#bindOperand(rightOperand, left, queryId),
    }
  }

  protected override transformValue(node: ValueNode, _queryId?: QueryId): ValueNode {
    return node.immediate === true ? node : ValueNode.create(this.#dialect.encodeValue(node.value))
  }

  protected override transformPrimitiveValueList(
    node: PrimitiveValueListNode,
    _queryId?: QueryId,
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
    this.#effects.noteOpaque(functionEffects(name))
  }

  #createNames(): NameResolver {
    return new NameResolver({
      schema: this.#schema,
      dialect: this.#dialect,
      writtenOf: (node) => this.#written.get(node),
    })
  }

  #bindOnConflict(
    node: OnConflictNode,
    target: Source | undefined,
    queryId: QueryId | undefined,
  ): OnConflictNode {
    return {
      ...super.transformOnConflict(without(node, ['columns', 'updates']), queryId),
      ...optional(
        'columns',
        node.columns?.map((column) =>
          toColumnNode(this.#names.columnIn(target, column.column.name)),
        ),
      ),
      ...optional(
        'updates',
        node.updates?.map((update) => this.#bindUpdate(update, target, queryId)),
      ),
    }
  }

  #bindSelections(
    nodes: readonly SelectionNode[] | undefined,
    queryId: QueryId | undefined,
  ): BoundSelections | undefined {
    const bind = (node: OperationNode): OperationNode => this.transformNode(node, queryId)
    return nodes && bindSelections(nodes, { names: this.#names, dialect: this.#dialect, bind })
  }

  #bindWith(node: WithNode | undefined, queryId: QueryId | undefined): WithNode | undefined {
    if (node === undefined) return undefined
    const expressions = node.expressions.map((expression): CommonTableExpressionNode => {
      const { name } = expression
      const key = name.table.table.identifier.name
      // A recursive expression sees itself, before its columns are known.
      if (node.recursive === true) this.#names.scope.expressions.set(key, undefined)
      const bound = this.transformNode(expression.expression, queryId)
      const output = this.#outputs.get(bound)
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

  #bindFrom(node: FromNode | undefined, queryId: QueryId | undefined): FromNode | undefined {
    return node && { ...node, froms: node.froms.map((from) => this.#addSource(from, queryId).node) }
  }

  #bindJoins(
    joins: readonly JoinNode[] | undefined,
    queryId: QueryId | undefined,
  ): readonly JoinNode[] | undefined {
    return joins?.map((join) => {
      const { node } = this.#addSource(join.table, queryId)
      return { ...join, table: node, ...optional('on', this.transformNode(join.on, queryId)) }
    })
  }

  /** Binds what stands in FROM or JOIN and makes its columns known. */
  #addSource(
    node: OperationNode,
    queryId: QueryId | undefined,
  ): { node: OperationNode; source: Source | undefined } {
    if (TableNode.is(node))
      return {
        node: this.transformNode(node, queryId),
        source: this.#names.addTable(node, undefined),
      }
    if (AliasNode.is(node) && IdentifierNode.is(node.alias)) {
      const alias = node.alias.name
      if (TableNode.is(node.node)) {
        const source = this.#names.addTable(node.node, alias)
        return {
          node: AliasNode.create(this.transformNode(node.node, queryId), node.alias),
          source,
        }
      }
      // However harmless its own text: what it names is read.
      if (RawNode.is(node.node) && !isOwn(node.node)) this.#effects.noteOpaque('read')
      const bound = this.transformNode(node.node, queryId)
      const source: Source = {
        alias,
        sqlName: alias,
        table: undefined,
        output: this.#outputs.get(bound),
      }
      this.#names.scope.sources.push(source)
      return { node: AliasNode.create(bound, node.alias), source }
    }
    if (RawNode.is(node) && !isOwn(node)) this.#effects.noteOpaque('read')
    const bound = this.transformNode(node, queryId)
    this.#names.scope.sources.push({ alias: '', sqlName: '', table: undefined, output: undefined })
    return { node: bound, source: undefined }
  }

  #bindReturning(
    node: ReturningNode | undefined,
    queryId: QueryId | undefined,
  ): { node: ReturningNode; output: Output } | undefined {
    const bound = this.#bindSelections(node?.selections, queryId)
    return node === undefined || bound === undefined
      ? undefined
      : { node: { ...node, selections: bound.nodes }, output: bound.output }
  }

  /** An alias of the SELECT list hides a column of that name. */
  #bindOrderBy(
    node: OrderByNode | undefined,
    queryId: QueryId | undefined,
  ): OrderByNode | undefined {
    if (node === undefined) return undefined
    const items = node.items.map((item) => {
      const { orderBy } = item
      const name =
        ReferenceNode.is(orderBy) && orderBy.table === undefined && ColumnNode.is(orderBy.column)
          ? orderBy.column.column.name
          : undefined
      const bound = this.transformNode(item, queryId)
      return name !== undefined && this.#names.scope.aliases.has(name)
        ? { ...bound, orderBy }
        : bound
    })
    return { ...node, items }
  }

  #bindInsertValues(
    node: OperationNode | undefined,
    columns: readonly SourceColumn[] | undefined,
    queryId: QueryId | undefined,
  ): OperationNode | undefined {
    if (node === undefined || !ValuesNode.is(node) || columns === undefined)
      return this.transformNode(node, queryId)
    return ValuesNode.create(
      node.values.map((row) => {
        if (PrimitiveValueListNode.is(row)) {
          return PrimitiveValueListNode.create(
            row.values.map((value, index) =>
              this.#encode(value, columns[index]?.codec, columns[index]?.column),
            ),
          )
        }
        return ValueListNode.create(
          row.values.map((value, index) =>
            DefaultInsertValueNode.is(value)
              ? this.#bindDefault(value, columns[index])
              : this.#bindOperand(value, columns[index]?.codec, queryId, columns[index]?.column),
          ),
        )
      }),
    )
  }

  /** Rows of one INSERT that name different columns: without DEFAULT the missing values would become null. */
  #bindDefault(node: DefaultInsertValueNode, target: SourceColumn | undefined): OperationNode {
    const column = target?.column
    const declared = column?.facts.default
    if (
      this.#dialect.capabilities.defaultInValues ||
      column === undefined ||
      declared === undefined
    )
      return node
    if (declared.kind === 'value')
      return ValueNode.create(this.#encode(declared.value, target?.codec, column))
    const { ddl } = this.#dialect
    return RawNode.createWithSql(
      declared.kind === 'now' ? ddl.now(column.facts.type) : `(${declared.source})`,
    )
  }

  #bindUpdate(
    node: ColumnUpdateNode,
    target: Source | undefined,
    queryId: QueryId | undefined,
  ): ColumnUpdateNode {
    const own = this.#names.updatedColumn(node, target)
    if (own === undefined) return this.transformNode(node, queryId)
    return {
      kind: 'ColumnUpdateNode',
      column: toColumnNode(own),
      value: this.#bindOperand(node.value, own.codec, queryId, own.column),
    }
  }

  #bindOperand(
    node: OperationNode,
    codec: Codec | undefined,
    queryId: QueryId | undefined,
    column?: AnyBoundColumn,
  ): OperationNode {
    if (codec === undefined) return this.transformNode(node, queryId)
    if (ValueNode.is(node))
      return node.immediate === true
        ? node
        : ValueNode.create(this.#encode(node.value, codec, column))
    if (PrimitiveValueListNode.is(node)) {
      return PrimitiveValueListNode.create(
        node.values.map((value) => this.#encode(value, codec, column)),
      )
    }
    if (ValueListNode.is(node)) {
      return ValueListNode.create(
        node.values.map((value) => this.#bindOperand(value, codec, queryId, column)),
      )
    }
    // BETWEEN: both ends stand in an AND.
    if (AndNode.is(node)) {
      return AndNode.create(
        this.#bindOperand(node.left, codec, queryId, column),
        this.#bindOperand(node.right, codec, queryId, column),
      )
    }
    return this.transformNode(node, queryId)
  }

  #encode(value: unknown, codec: Codec | undefined, column: AnyBoundColumn | undefined): unknown {
    return encodeParameter(value, { codec, column, dialect: this.#dialect })
  }
}

const functionName = /^[\p{L}_][\p{L}\p{N}_$]*(\.[\p{L}_][\p{L}\p{N}_$]*)?$/u

function isQuery(node: OperationNode): boolean {
  return (
    SelectQueryNode.is(node) ||
    InsertQueryNode.is(node) ||
    UpdateQueryNode.is(node) ||
    DeleteQueryNode.is(node) ||
    RawNode.is(node)
  )
}

function toColumnNode(column: SourceColumn): ColumnNode {
  return ColumnNode.create(column.sqlName)
}
