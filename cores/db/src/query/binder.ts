/**
 * Binds an operation tree to the schema: keys become database names, `*` becomes columns, values pass their column's codec,
 * and what the statement reads, writes and returns is noted on the way.
 */

import {
  ColumnNode,
  DeleteQueryNode,
  InsertQueryNode,
  ListNode,
  type OnConflictNode,
  type OperationNode,
  type OrderByNode,
  type QueryId,
  RawNode,
  ReferenceNode,
  type ReturningNode,
  type RootOperationNode,
  type SelectionNode,
  SelectQueryNode,
  UpdateQueryNode,
} from 'kysely'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import { DbError } from '../errors.ts'
import type { Schema } from '../schema/schema.ts'
import type { Analysis } from './analysis.ts'
import { Effects } from './effects.ts'
import { assertAssigns, completeInsert, insertsNothing } from './empty-changes.ts'
import { type Binding, ExpressionBinder } from './expression-binder.ts'
import { NameResolver } from './name-resolver.ts'
import { rawEffects } from './raw-effects.ts'
import { bindSelections, type BoundSelections } from './selections.ts'
import { SourceBinder } from './source-binder.ts'
import type { Output, OutputColumn, Source, SourceColumn } from './source.ts'
import { ValueBinder } from './value-binder.ts'

/** Values that come with each run, by their nodes in the tree as it was written; of a list, the first. */
export type Slots = ReadonlyMap<OperationNode, number>

/** Binds trees, one at a time; one binder serves a whole database. */
export class QueryBinder extends ExpressionBinder {
  readonly #schema: Schema
  readonly #dialect: DialectPackage
  /**
   * Bound tree → the tree as it was written. Kysely binds a subquery when it is built, without the query around it; there
   * it is bound again from this, and finds the outer names.
   */
  readonly #written = new WeakMap<OperationNode, OperationNode>()
  readonly #analyses = new WeakMap<OperationNode, Analysis>()
  readonly #outputs = new WeakMap<OperationNode, readonly OutputColumn[]>()
  #binding: Binding

  constructor(schema: Schema, dialect: DialectPackage) {
    super(schema, dialect)
    this.#schema = schema
    this.#dialect = dialect
    this.#binding = this.#createBinding()
  }

  protected override get binding(): Binding {
    return this.#binding
  }

  /** Binds a whole statement; a bound one is left alone. */
  bind<N extends RootOperationNode>(node: N, queryId: QueryId, slots?: Slots): N {
    if (this.#analyses.has(node)) return node
    // A statement may be bound while another is: Kysely binds subqueries when they are built.
    const outer = this.#binding
    this.#binding = this.#createBinding(queryId, slots)
    const { effects } = this.#binding
    try {
      const bound = isQuery(node) ? this.transformNode(node, queryId) : node
      if (!isQuery(node)) effects.noteOpaque('write')
      if (RawNode.is(node)) effects.noteOpaque(rawEffects(node, true))
      const { reads, writes, opaque } = effects
      this.#analyses.set(bound, { output: this.#outputs.get(bound), reads, writes, opaque })
      this.#written.set(bound, node)
      return bound
    } finally {
      this.#binding = outer
    }
  }

  /** Makes what is known of a statement known for a copy of it. */
  setAnalysis(node: RootOperationNode, analysis: Analysis): void {
    this.#analyses.set(node, analysis)
  }

  /** What is known of a bound statement; undefined for one that never passed {@link QueryBinder.bind}. */
  analysisOf(node: RootOperationNode): Analysis | undefined {
    return this.#analyses.get(node)
  }

  /** The tree as it was written, with the names of the schema's keys. */
  writtenOf(node: RootOperationNode): RootOperationNode {
    return (this.#written.get(node) ?? node) as RootOperationNode // cast: bound from a root
  }

  override transformNode<N extends OperationNode | undefined>(node: N, queryId?: QueryId): N {
    if (node === undefined) return node
    // cast: a tree is bound to a tree of its own kind
    const written = (this.#written.get(node) ?? node) as N & OperationNode
    const binding = this.#binding
    binding.depth += 1
    try {
      return super.transformNode(written, queryId)
    } finally {
      binding.depth -= 1
    }
  }

  protected override transformSelectQuery(
    node: SelectQueryNode,
    queryId?: QueryId,
  ): SelectQueryNode {
    const { names, effects, sources } = this.#binding
    return names.inScope(() => {
      // In this order: what stands in FROM explains the names in the rest.
      const withNode = node.with && sources.expressions(node.with)
      const from = node.from && sources.from(node.from)
      const joins = node.joins && sources.joins(node.joins)
      const selected = this.#selections(node.selections, queryId)
      const orderBy = node.orderBy && this.#orderBy(node.orderBy, queryId)
      const selections = selected?.nodes
      const own = { with: withNode, from, joins, selections, orderBy }
      const bound = this.#members(node, own, queryId)
      effects.noteReads(node)
      if (selected?.output !== undefined) this.#outputs.set(bound, selected.output)
      return bound
    })
  }

  protected override transformInsertQuery(
    written: InsertQueryNode,
    queryId?: QueryId,
  ): InsertQueryNode {
    const { names, effects, sources, values: valueBinder, depth } = this.#binding
    assertOrAction(written.orAction?.action)
    return names.inScope(() => {
      const withNode = written.with && sources.expressions(written.with)
      const target = names.addTable(written.into, undefined)
      assertAssigns(written, target?.alias ?? '')
      const node = completeInsert(written, target?.table)
      const columns = node.columns?.map((column) => names.columnIn(target, column.column.name))
      const values = valueBinder.rows(node.values, columns)
      if (target !== undefined)
        names.scope.sources.push({ ...target, alias: 'excluded', sqlName: 'excluded' })
      const returned = this.#returning(node.returning, queryId)
      const { onConflict, onDuplicateKey } = node
      const updates = onConflict?.updates ?? onDuplicateKey?.updates
      const own = {
        with: withNode,
        columns: columns?.map(toColumnNode),
        values,
        returning: returned?.node,
        onConflict: onConflict && this.#onConflict(onConflict, target, queryId),
        onDuplicateKey: onDuplicateKey && {
          ...onDuplicateKey,
          updates: onDuplicateKey.updates.map((update) => valueBinder.assignment(update, target)),
        },
      }
      const bound = this.#members(node, own, queryId)
      if (!insertsNothing(written))
        effects.noteInsert({ node, target, columns, updates, outermost: depth === 1 })
      if (returned?.output !== undefined) this.#outputs.set(bound, returned.output)
      return bound
    })
  }

  protected override transformUpdateQuery(
    node: UpdateQueryNode,
    queryId?: QueryId,
  ): UpdateQueryNode {
    const { names, effects, sources, values, depth } = this.#binding
    return names.inScope(() => {
      const withNode = node.with && sources.expressions(node.with)
      const tables =
        node.table === undefined ? [] : ListNode.is(node.table) ? node.table.items : [node.table]
      const targets = tables.map((table) => sources.add(table))
      const [target] = targets
      assertAssigns(node, target?.source?.alias ?? '')
      const from = node.from && sources.from(node.from)
      const joins = node.joins && sources.joins(node.joins)
      const updates = node.updates?.map((update) => values.assignment(update, target?.source))
      const returned = this.#returning(node.returning, queryId)
      const table =
        node.table && ListNode.is(node.table)
          ? ListNode.create(targets.map((one) => one.node))
          : target?.node
      const own = { with: withNode, table, from, joins, updates, returning: returned?.node }
      const bound = this.#members(node, own, queryId)
      if (targets.length === 1)
        effects.noteChange('update', { node, source: target?.source, outermost: depth === 1 })
      else effects.noteOpaque('write')
      if (returned?.output !== undefined) this.#outputs.set(bound, returned.output)
      return bound
    })
  }

  protected override transformDeleteQuery(
    node: DeleteQueryNode,
    queryId?: QueryId,
  ): DeleteQueryNode {
    const { names, effects, sources, depth } = this.#binding
    return names.inScope(() => {
      const withNode = node.with && sources.expressions(node.with)
      const from = sources.from(node.from)
      const source = names.scope.sources[0]
      const using = node.using && {
        ...node.using,
        tables: node.using.tables.map((table) => sources.add(table).node),
      }
      const joins = node.joins && sources.joins(node.joins)
      const returned = this.#returning(node.returning, queryId)
      const own = { with: withNode, from, using, joins, returning: returned?.node }
      const bound = this.#members(node, own, queryId)
      if (node.from.froms.length === 1)
        effects.noteChange('delete', { node, source, outermost: depth === 1 })
      else effects.noteOpaque('write')
      if (returned?.output !== undefined) this.#outputs.set(bound, returned.output)
      return bound
    })
  }

  #createBinding(queryId?: QueryId, slots?: Slots): Binding {
    const dialect = this.#dialect
    const bind = <N extends OperationNode>(node: N): N => this.transformNode(node, queryId)
    const names = new NameResolver({
      schema: this.#schema,
      dialect,
      writtenOf: (node) => this.#written.get(node),
    })
    const slotOf = (node: OperationNode): number | undefined => slots?.get(node)
    const effects = new Effects(names, dialect.capabilities, slotOf)
    const outputOf = (node: OperationNode): Output => this.#outputs.get(node)
    return {
      names,
      effects,
      values: new ValueBinder({ names, dialect, bind, slotOf }),
      sources: new SourceBinder({ names, effects, bind, outputOf }),
      depth: 0,
    }
  }

  /** A copy of a node: the members that are given, and all others bound. */
  #members<N extends OperationNode>(node: N, own: Partial<N>, queryId: QueryId | undefined): N {
    const bound: Record<string, unknown> = {}
    for (const [key, value] of Object.entries(node))
      bound[key] = Object.hasOwn(own, key)
        ? own[key as keyof N] // cast: a key of the node
        : this.#member(value, queryId)
    return Object.freeze(bound) as unknown as N // cast: the members of a node of this kind
  }

  #member(value: unknown, queryId: QueryId | undefined): unknown {
    if (Array.isArray(value)) return value.map((one) => this.#member(one, queryId))
    return typeof value === 'object' && value !== null && 'kind' in value
      ? this.transformNode(value as OperationNode, queryId) // cast: what has a kind is a node
      : value
  }

  #onConflict(
    node: OnConflictNode,
    target: Source | undefined,
    queryId: QueryId | undefined,
  ): OnConflictNode {
    const { names, values } = this.#binding
    const own = {
      columns: node.columns?.map((column) =>
        toColumnNode(names.columnIn(target, column.column.name)),
      ),
      updates: node.updates?.map((update) => values.assignment(update, target)),
    }
    return this.#members(node, own, queryId)
  }

  #selections(
    nodes: readonly SelectionNode[] | undefined,
    queryId: QueryId | undefined,
  ): BoundSelections | undefined {
    const bind = (node: OperationNode): OperationNode => this.transformNode(node, queryId)
    const { names } = this.#binding
    return nodes && bindSelections(nodes, { names, dialect: this.#dialect, bind })
  }

  #returning(
    node: ReturningNode | undefined,
    queryId: QueryId | undefined,
  ): { node: ReturningNode; output: Output } | undefined {
    const bound = this.#selections(node?.selections, queryId)
    return node && bound && { node: { ...node, selections: bound.nodes }, output: bound.output }
  }

  /** An alias of the SELECT list hides a column of that name. */
  #orderBy(node: OrderByNode, queryId: QueryId | undefined): OrderByNode {
    const items = node.items.map((item) => {
      const { orderBy } = item
      const name =
        ReferenceNode.is(orderBy) && orderBy.table === undefined && ColumnNode.is(orderBy.column)
          ? orderBy.column.column.name
          : undefined
      const bound = this.transformNode(item, queryId)
      return name !== undefined && this.#binding.names.scope.aliases.has(name)
        ? { ...bound, orderBy }
        : bound
    })
    return { ...node, items }
  }
}

function assertOrAction(action: string | undefined): void {
  if (action !== 'fail' && action !== 'rollback') return
  throw new DbError(
    'unsupported_statement',
    `INSERT OR ${action.toUpperCase()} fails and yet leaves something behind; use onConflict(), or a transaction`,
  )
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

function toColumnNode(column: SourceColumn): ColumnNode {
  return ColumnNode.create(column.sqlName)
}
