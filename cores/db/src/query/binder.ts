/**
 * Binds an operation tree to the schema: keys become database names, `*` becomes columns, values pass their column's codec,
 * and what the statement reads, writes and returns is noted on the way.
 */

import {
  AggregateFunctionNode,
  AliasNode,
  AndNode,
  BinaryOperationNode,
  ColumnNode,
  DefaultInsertValueNode,
  type ColumnUpdateNode,
  type CommonTableExpressionNode,
  DeleteQueryNode,
  type FromNode,
  FunctionNode,
  IdentifierNode,
  InsertQueryNode,
  type JoinNode,
  ListNode,
  OperationNodeTransformer,
  type OperationNode,
  OperatorNode,
  ParensNode,
  PrimitiveValueListNode,
  type QueryId,
  type OrderByNode,
  RawNode,
  ReferenceNode,
  type ReturningNode,
  type RootOperationNode,
  SelectAllNode,
  SelectionNode,
  SelectQueryNode,
  TableNode,
  UpdateQueryNode,
  ValueListNode,
  ValueNode,
  ValuesNode,
  type WithNode,
} from 'kysely'
import { type Codec, countCodec } from '../dialect/codec.ts'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import { DbError, ValueError } from '../errors.ts'
import { type AnyBoundColumn, columnOf } from '../schema/column.ts'
import type { Schema } from '../schema/schema.ts'
import type { TableFacts } from '../schema/table-facts.ts'
import type { Analysis, TableRead, TableWrite } from './analysis.ts'
import { topEqualities } from './equalities.ts'
import { isOwn, nodeCodec } from './node-codec.ts'
import { rawEffects } from './raw-effects.ts'
import { type Output, type OutputColumn, Scope, type Source, type SourceColumn } from './source.ts'
import { isTagColumn } from './tags.ts'

interface Notes {
  readonly reads: TableRead[]
  readonly writes: TableWrite[]
  opaque: Analysis['opaque']
}

interface BoundSelections {
  readonly nodes: readonly SelectionNode[]
  readonly output: Output
}

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
  #scope: Scope = new Scope(undefined)
  #notes: Notes = { reads: [], writes: [], opaque: 'no' }
  #depth = 0

  constructor(schema: Schema, dialect: DialectPackage) {
    super()
    this.#schema = schema
    this.#dialect = dialect
  }

  /** Binds a whole statement; a bound one is left alone. */
  bind<N extends RootOperationNode>(node: N, queryId: QueryId): N {
    if (this.#analyses.has(node)) return node
    const [scope, notes, depth] = [this.#scope, this.#notes, this.#depth]
    this.#scope = new Scope(undefined)
    this.#notes = { reads: [], writes: [], opaque: 'no' }
    this.#depth = 0
    try {
      const bound = isQuery(node) ? this.transformNode(node, queryId) : node
      if (!isQuery(node)) this.#notes.opaque = 'write'
      if (RawNode.is(node)) this.#notes.opaque = rawEffects(node, true)
      const { reads, writes, opaque } = this.#notes
      this.#analyses.set(bound, { output: this.#outputs.get(bound), reads, writes, opaque })
      this.#written.set(bound, node)
      return bound
    } finally {
      this.#scope = scope
      this.#notes = notes
      this.#depth = depth
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
    return this.#inScope(() => {
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
      this.#noteReads(node)
      if (selections?.output !== undefined) this.#outputs.set(bound, selections.output)
      return bound
    })
  }

  protected override transformInsertQuery(
    node: InsertQueryNode,
    queryId?: QueryId,
  ): InsertQueryNode {
    const outermost = this.#depth === 1
    return this.#inScope(() => {
      const withNode = this.#bindWith(node.with, queryId)
      const target = this.#addTable(node.into, undefined)
      const columns = node.columns?.map((column) => this.#findOwn(target, column.column.name))
      const values = this.#bindInsertValues(node.values, columns, queryId)
      if (target !== undefined)
        this.#scope.sources.push({ ...target, alias: 'excluded', sqlName: 'excluded' })
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
        ...optional(
          'onConflict',
          onConflict && {
            ...super.transformOnConflict(without(onConflict, ['columns', 'updates']), queryId),
            ...optional(
              'columns',
              onConflict.columns?.map((column) =>
                toColumnNode(this.#findOwn(target, column.column.name)),
              ),
            ),
            ...optional(
              'updates',
              onConflict.updates?.map((update) => this.#bindUpdate(update, target, queryId)),
            ),
          },
        ),
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
      if (target?.table !== undefined) {
        this.#notes.writes.push({
          kind: 'insert',
          table: target.table,
          outermost,
          sqlName: target.sqlName,
          assigned: this.#assignedColumns(target, updates),
          equals: new Map(),
          rows: rowsOf(node.values, columns),
        })
      } else this.#notes.opaque = 'write'
      if (node.replace === true) this.#notes.opaque = 'write'
      if (selections?.output !== undefined) this.#outputs.set(bound, selections.output)
      return bound
    })
  }

  protected override transformUpdateQuery(
    node: UpdateQueryNode,
    queryId?: QueryId,
  ): UpdateQueryNode {
    const outermost = this.#depth === 1
    return this.#inScope(() => {
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
        this.#noteChange('update', { node, source: target?.source, outermost })
      else this.#notes.opaque = 'write'
      if (selections?.output !== undefined) this.#outputs.set(bound, selections.output)
      return bound
    })
  }

  protected override transformDeleteQuery(
    node: DeleteQueryNode,
    queryId?: QueryId,
  ): DeleteQueryNode {
    const outermost = this.#depth === 1
    return this.#inScope(() => {
      const withNode = this.#bindWith(node.with, queryId)
      const from = this.#bindFrom(node.from, queryId)
      const target = this.#scope.sources[0]
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
        this.#noteChange('delete', { node, source: target, outermost })
      else this.#notes.opaque = 'write'
      if (selections?.output !== undefined) this.#outputs.set(bound, selections.output)
      return bound
    })
  }

  protected override transformReference(node: ReferenceNode, queryId?: QueryId): ReferenceNode {
    if (SelectAllNode.is(node.column)) return super.transformReference(node, queryId)
    const found = this.#resolve(node)
    if (found === undefined) return node
    const column = ColumnNode.create(found.sqlName)
    return node.table === undefined
      ? ReferenceNode.create(column)
      : ReferenceNode.create(column, TableNode.create(found.source.sqlName))
  }

  protected override transformTable(node: TableNode, _queryId?: QueryId): TableNode {
    const { identifier, schema } = node.table
    const table =
      this.#scope.findExpression(identifier.name) === null
        ? this.#schema.tables.get(identifier.name)
        : undefined
    if (table === undefined) return node
    return schema === undefined
      ? TableNode.create(table.name)
      : TableNode.createWithSchema(schema.name, table.name)
  }

  protected override transformRaw(node: RawNode, queryId?: QueryId): RawNode {
    if (this.#notes.opaque === 'no' && !isOwn(node)) this.#notes.opaque = rawEffects(node, false)
    return super.transformRaw(node, queryId)
  }

  protected override transformBinaryOperation(
    node: BinaryOperationNode,
    queryId?: QueryId,
  ): BinaryOperationNode {
    const { leftOperand, rightOperand, operator } = node
    const empty = emptyList(rightOperand, operator)
    if (empty !== undefined) return empty
    const left = this.#codecOf(leftOperand)
    return {
      kind: 'BinaryOperationNode',
      leftOperand: this.#bindOperand(leftOperand, this.#codecOf(rightOperand), queryId),
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

  #inScope<T>(work: () => T): T {
    const outer = this.#scope
    this.#scope = new Scope(outer)
    try {
      return work()
    } finally {
      this.#scope = outer
    }
  }

  #bindWith(node: WithNode | undefined, queryId: QueryId | undefined): WithNode | undefined {
    if (node === undefined) return undefined
    const expressions = node.expressions.map((expression): CommonTableExpressionNode => {
      const { name } = expression
      const key = name.table.table.identifier.name
      // A recursive expression sees itself, before its columns are known.
      if (node.recursive === true) this.#scope.expressions.set(key, undefined)
      const bound = this.transformNode(expression.expression, queryId)
      const output = this.#outputs.get(bound)
      const names = name.columns?.map((column) => column.column.name)
      this.#scope.expressions.set(
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
      return { node: this.transformNode(node, queryId), source: this.#addTable(node, undefined) }
    if (AliasNode.is(node) && IdentifierNode.is(node.alias)) {
      const alias = node.alias.name
      if (TableNode.is(node.node)) {
        const source = this.#addTable(node.node, alias)
        return {
          node: AliasNode.create(this.transformNode(node.node, queryId), node.alias),
          source,
        }
      }
      const bound = this.transformNode(node.node, queryId)
      const source: Source = {
        alias,
        sqlName: alias,
        table: undefined,
        output: this.#outputs.get(bound),
      }
      this.#scope.sources.push(source)
      return { node: AliasNode.create(bound, node.alias), source }
    }
    const bound = this.transformNode(node, queryId)
    this.#scope.sources.push({ alias: '', sqlName: '', table: undefined, output: undefined })
    return { node: bound, source: undefined }
  }

  #addTable(node: TableNode | undefined, alias: string | undefined): Source | undefined {
    if (node === undefined) return undefined
    const { name } = node.table.identifier
    const output = this.#scope.findExpression(name)
    const table = output === null ? this.#schema.tables.get(name) : undefined
    const source: Source = {
      alias: alias ?? name,
      sqlName: alias ?? table?.name ?? name,
      table,
      output: output ?? undefined,
    }
    // A table outside the schema: what happens to it cannot be observed.
    if (output === null && table === undefined && this.#notes.opaque === 'no')
      this.#notes.opaque = 'read'
    this.#scope.sources.push(source)
    return source
  }

  #bindSelections(
    nodes: readonly SelectionNode[] | undefined,
    queryId: QueryId | undefined,
  ): BoundSelections | undefined {
    if (nodes === undefined) return undefined
    const bound: SelectionNode[] = []
    const output: OutputColumn[] = []
    let known = true
    for (const { selection } of nodes) {
      const all = this.#sourcesOfAll(selection)
      if (all === undefined) {
        const column = this.#outputOf(selection)
        if (column === undefined) known = false
        else output.push(column)
        bound.push(SelectionNode.create(this.#bindSelection(selection, column, queryId)))
        continue
      }
      for (const source of all) {
        const columns = columnsOf(source, this.#dialect)
        if (columns === undefined) {
          known = false
          bound.push(
            all.length === 1 && this.#scope.sources.length === 1
              ? SelectionNode.createSelectAll()
              : SelectionNode.createSelectAllFromTable(TableNode.create(source.sqlName)),
          )
          continue
        }
        for (const { sqlName, name, codec } of columns) {
          output.push({ name, codec })
          bound.push(
            SelectionNode.create(
              named(
                ReferenceNode.create(ColumnNode.create(sqlName), TableNode.create(source.sqlName)),
                { sqlName, name },
              ),
            ),
          )
        }
      }
    }
    return { nodes: bound, output: known ? output : undefined }
  }

  /** The sources that `*` or `t.*` stands for; undefined when the selection is no such thing. */
  #sourcesOfAll(selection: OperationNode): readonly Source[] | undefined {
    if (SelectAllNode.is(selection))
      return this.#scope.sources.filter((source) => source.alias !== 'excluded')
    if (
      !ReferenceNode.is(selection) ||
      !SelectAllNode.is(selection.column) ||
      selection.table === undefined
    )
      return undefined
    const name = selection.table.table.identifier.name
    return [
      this.#scope.findSource(name) ?? {
        alias: name,
        sqlName: name,
        table: undefined,
        output: undefined,
      },
    ]
  }

  #outputOf(selection: OperationNode): OutputColumn | undefined {
    if (AliasNode.is(selection)) {
      if (!IdentifierNode.is(selection.alias)) return undefined
      this.#scope.aliases.add(selection.alias.name)
      return { name: selection.alias.name, codec: this.#codecOf(selection.node) }
    }
    if (ReferenceNode.is(selection) && ColumnNode.is(selection.column)) {
      return { name: selection.column.column.name, codec: this.#codecOf(selection) }
    }
    return undefined
  }

  #bindSelection(
    selection: OperationNode,
    output: OutputColumn | undefined,
    queryId: QueryId | undefined,
  ): AliasNode | ReferenceNode {
    const bound = this.transformNode(selection, queryId)
    if (ReferenceNode.is(bound) && ColumnNode.is(bound.column) && output !== undefined) {
      return named(bound, { sqlName: bound.column.column.name, name: output.name })
    }
    return bound as AliasNode // cast: any other expression keeps its kind
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
      return name !== undefined && this.#scope.aliases.has(name) ? { ...bound, orderBy } : bound
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
    const own = this.#updatedColumn(node, target)
    if (own === undefined) return this.transformNode(node, queryId)
    return {
      kind: 'ColumnUpdateNode',
      column: toColumnNode(own),
      value: this.#bindOperand(node.value, own.codec, queryId, own.column),
    }
  }

  #updatedColumn(
    { column }: ColumnUpdateNode,
    target: Source | undefined,
  ): SourceColumn | undefined {
    const declared = columnOf(column)
    if (ReferenceNode.is(column) && ColumnNode.is(column.column)) {
      return this.#findOwn(target, declared?.key ?? column.column.column.name)
    }
    return ColumnNode.is(column) ? this.#findOwn(target, column.column.name) : undefined
  }

  #assignedColumns(
    target: Source | undefined,
    updates: readonly ColumnUpdateNode[] | undefined,
  ): ReadonlySet<AnyBoundColumn> {
    const columns = (updates ?? []).map((update) => this.#updatedColumn(update, target)?.column)
    return new Set(columns.filter((column) => column !== undefined))
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
    if (value === null || value === undefined) return value
    if (codec === undefined) return this.#dialect.encodeValue(value)
    try {
      return codec.encode(value)
    } catch (error) {
      if (!(error instanceof ValueError) || column === undefined) throw error
      throw new ValueError(`${column.table.name}.${column.key}: ${error.message}`, { cause: error })
    }
  }

  #resolve(node: ReferenceNode): SourceColumn | undefined {
    if (!ColumnNode.is(node.column)) return undefined
    const declared = columnOf(node)
    if (declared !== undefined) {
      const source = this.#scope.findTable(declared.table)
      const sqlName = source?.sqlName ?? declared.table.name
      return {
        source: source ?? { alias: sqlName, sqlName, table: declared.table, output: undefined },
        sqlName: declared.name,
        column: declared,
        codec: this.#dialect.codecs(declared.facts.type),
      }
    }
    const key = node.column.column.name
    if (node.table !== undefined) {
      const name = node.table.table.identifier.name
      const table = this.#schema.tables.get(name)
      const source =
        this.#scope.findSource(name) ??
        (table && { alias: name, sqlName: table.name, table, output: undefined })
      return source === undefined ? undefined : this.#findOwn(source, key)
    }
    for (let scope: Scope | undefined = this.#scope; scope !== undefined; scope = scope.outer) {
      for (const source of scope.sources) {
        const found = this.#findIn(source, key)
        if (found !== undefined) return found
      }
    }
    return undefined
  }

  #findIn(source: Source, key: string): SourceColumn | undefined {
    const column = source.table?.columns.get(key)
    if (column !== undefined) {
      return {
        source,
        sqlName: column.name,
        column,
        codec: this.#dialect.codecs(column.facts.type),
      }
    }
    const output = source.output?.find((one) => one.name === key)
    return output && { source, sqlName: key, column: undefined, codec: output.codec }
  }

  /** A column of a certain source; a name that the schema does not know stays as it is written. */
  #findOwn(source: Source | undefined, key: string): SourceColumn {
    const owner = source ?? { alias: '', sqlName: '', table: undefined, output: undefined }
    const found = this.#findIn(owner, key)
    if (found !== undefined) return found
    if (owner.table !== undefined) {
      const byName = [...owner.table.columns.values()].some((column) => column.name === key)
      throw new DbError(
        'unknown_column',
        `table "${owner.table.name}" has no column "${key}"` +
          (byName ? '; queries use the keys of table(), not column names' : ''),
      )
    }
    return { source: owner, sqlName: key, column: undefined, codec: undefined }
  }

  /** How the value of an expression is decoded, where a column or a count stands behind it. */
  #codecOf(node: OperationNode): Codec | undefined {
    const own = nodeCodec(node)
    if (own !== undefined) return own
    if (ReferenceNode.is(node))
      return SelectAllNode.is(node.column) ? undefined : this.#resolve(node)?.codec
    if (ParensNode.is(node)) return this.#codecOf(node.node)
    if (AggregateFunctionNode.is(node)) {
      if (node.func === 'count') return countCodec
      const [argument] = node.aggregated
      return (node.func === 'min' || node.func === 'max') && argument !== undefined
        ? this.#codecOf(argument)
        : undefined
    }
    if (FunctionNode.is(node) && node.func === 'coalesce') {
      return node.arguments
        .map((argument) => this.#codecOf(argument))
        .find((codec) => codec !== undefined)
    }
    if (SelectQueryNode.is(node)) {
      const selection = node.selections?.[0]?.selection
      return selection === undefined || node.selections?.length !== 1
        ? undefined
        : this.#codecOfSubquery(node, selection)
    }
    return undefined
  }

  #codecOfSubquery(node: SelectQueryNode, selection: OperationNode): Codec | undefined {
    const written = this.#written.get(node)
    if (written !== undefined && SelectQueryNode.is(written)) return this.#codecOf(written)
    return this.#inScope(() => {
      for (const from of node.from?.froms ?? []) {
        if (TableNode.is(from)) this.#addTable(from, undefined)
        else if (AliasNode.is(from) && TableNode.is(from.node) && IdentifierNode.is(from.alias))
          this.#addTable(from.node, from.alias.name)
      }
      return this.#codecOf(AliasNode.is(selection) ? selection.node : selection)
    })
  }

  #noteReads(node: SelectQueryNode): void {
    const equalities = topEqualities(node.where?.where)
    for (const source of this.#scope.sources) {
      if (source.table === undefined) continue
      const { table } = source
      const own = equalities.flatMap(({ reference, value }) => {
        const found = this.#resolve(reference)
        if (found?.source !== source || found.column === undefined) return []
        return isTagColumn(found.column, this.#dialect.capabilities)
          ? [{ column: found.column, value }]
          : []
      })
      // A primary key places a read best.
      const equals = own.find(({ column }) => column.facts.primaryKey) ?? own[0]
      this.#notes.reads.push({ table, equals })
    }
  }

  #noteChange(
    kind: 'update' | 'delete',
    change: {
      readonly node: UpdateQueryNode | DeleteQueryNode
      readonly source: Source | undefined
      readonly outermost: boolean
    },
  ): void {
    const { node, source, outermost } = change
    if (source?.table === undefined) {
      this.#notes.opaque = 'write'
      return
    }
    const equals = new Map<AnyBoundColumn, unknown>()
    for (const { reference, value } of topEqualities(node.where?.where)) {
      const found = this.#resolve(reference)
      if (found?.source === source && found.column !== undefined) equals.set(found.column, value)
    }
    this.#notes.writes.push({
      kind,
      table: source.table,
      outermost,
      sqlName: source.sqlName,
      assigned: this.#assignedColumns(source, UpdateQueryNode.is(node) ? node.updates : undefined),
      equals,
      rows: undefined,
    })
  }
}

function isQuery(node: OperationNode): boolean {
  return (
    SelectQueryNode.is(node) ||
    InsertQueryNode.is(node) ||
    UpdateQueryNode.is(node) ||
    DeleteQueryNode.is(node) ||
    RawNode.is(node)
  )
}

/** A column under its key, where its name is another. */
function named(
  node: ReferenceNode,
  { sqlName, name }: { readonly sqlName: string; readonly name: string },
): AliasNode | ReferenceNode {
  return sqlName === name ? node : AliasNode.create(node, IdentifierNode.create(name))
}

function toColumnNode(column: SourceColumn): ColumnNode {
  return ColumnNode.create(column.sqlName)
}

function columnsOf(
  source: Source,
  dialect: DialectPackage,
):
  | readonly {
      readonly sqlName: string
      readonly name: string
      readonly codec: Codec | undefined
    }[]
  | undefined {
  if (source.table === undefined)
    return source.output?.map(({ name, codec }) => ({ sqlName: name, name, codec }))
  const table: TableFacts = source.table
  return [...table.columns.values()].map((column) => ({
    sqlName: column.name,
    name: column.key,
    codec: dialect.codecs(column.facts.type),
  }))
}

/** `in ()` is a syntax error in most dialects; nothing is in an empty list. */
function emptyList(right: OperationNode, operator: OperationNode): BinaryOperationNode | undefined {
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

function rowsOf(
  values: OperationNode | undefined,
  columns: readonly SourceColumn[] | undefined,
): readonly ReadonlyMap<AnyBoundColumn, unknown>[] | undefined {
  if (values === undefined || !ValuesNode.is(values) || columns === undefined) return undefined
  return values.values.map((row) => {
    const known = new Map<AnyBoundColumn, unknown>()
    const members = PrimitiveValueListNode.is(row)
      ? row.values.map((value) => ValueNode.create(value))
      : row.values
    for (const [index, member] of members.entries()) {
      const column = columns[index]?.column
      if (column !== undefined && ValueNode.is(member)) known.set(column, member.value)
    }
    return known
  })
}

function without<N extends object, K extends keyof N>(node: N, keys: readonly K[]): N {
  const copy = { ...node }
  for (const key of keys) delete copy[key]
  return copy
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V } {
  // cast: an object of one computed key
  return (value === undefined ? {} : { [key]: value }) as { readonly [key in K]?: V }
}
