/** Notes what a statement reads and writes while it is bound. */

import {
  type ColumnUpdateNode,
  type DeleteQueryNode,
  type InsertQueryNode,
  type OperationNode,
  PrimitiveValueListNode,
  type SelectQueryNode,
  UpdateQueryNode,
  ValueNode,
  ValuesNode,
} from 'kysely'
import type { Capabilities } from '../dialect/dialect-package.ts'
import type { AnyBoundColumn } from '../schema/column.ts'
import type { Analysis, KnownValues, TableRead, TableWrite } from './analysis.ts'
import { topEqualities } from './equalities.ts'
import type { NameResolver } from './name-resolver.ts'
import type { Source, SourceColumn } from './source.ts'
import { isStoredAsGiven, isTagColumn, valueTag } from './tags.ts'

/** What {@link Effects.noteInsert} is told. */
export interface InsertFacts {
  readonly node: InsertQueryNode
  readonly target: Source | undefined
  readonly columns: readonly SourceColumn[] | undefined
  /** Assignments of an upsert. */
  readonly updates: readonly ColumnUpdateNode[] | undefined
  readonly outermost: boolean
}

/** The effects of one statement. */
export class Effects {
  readonly reads: TableRead[] = []
  readonly writes: TableWrite[] = []
  opaque: Analysis['opaque'] = 'no'
  readonly #names: NameResolver
  readonly #capabilities: Capabilities

  constructor(names: NameResolver, capabilities: Capabilities) {
    this.#names = names
    this.#capabilities = capabilities
  }

  /** Notes that something unknown is read or written; a write outweighs a read. */
  noteOpaque(effect: Analysis['opaque']): void {
    if (effect === 'write' || this.opaque === 'no') this.opaque = effect
  }

  /** Notes what a SELECT reads, and the equality that narrows it. */
  noteReads(node: SelectQueryNode): void {
    const equalities = topEqualities(node.where?.where)
    for (const source of this.#names.scope.sources) {
      if (source.table === undefined) {
        // A table outside the schema: what happens to it cannot be observed.
        if (source.isUnknown === true) this.noteOpaque('read')
        continue
      }
      const { table } = source
      const own = equalities.flatMap(({ reference, value, source: node }) => {
        const found = this.#names.resolve(reference)
        if (found?.source !== source || found.column === undefined) return []
        return isTagColumn(found.column, this.#capabilities) &&
          valueTag(found.column, value) !== undefined
          ? [{ column: found.column, value, source: node }]
          : []
      })
      // A primary key places a read best.
      const equals = own.find(({ column }) => column.facts.primaryKey) ?? own[0]
      this.reads.push({ table, equals })
    }
  }

  /** Notes an UPDATE or DELETE. */
  noteChange(
    kind: 'update' | 'delete',
    change: {
      readonly node: UpdateQueryNode | DeleteQueryNode
      readonly source: Source | undefined
      readonly outermost: boolean
    },
  ): void {
    const { node, source, outermost } = change
    if (source?.table === undefined) {
      this.opaque = 'write'
      return
    }
    const equals = new Map<AnyBoundColumn, unknown>()
    for (const { reference, value } of topEqualities(node.where?.where)) {
      const found = this.#names.resolve(reference)
      if (found?.source === source && found.column !== undefined && this.#isTagged(found.column)) {
        if (valueTag(found.column, value) !== undefined) equals.set(found.column, value)
      }
    }
    const updates = UpdateQueryNode.is(node) ? (node.updates ?? []) : []
    this.writes.push({
      kind,
      table: source.table,
      outermost,
      sqlName: source.sqlName,
      assigned: this.#names.assignedColumns(source, updates),
      becomes: this.#known(
        updates.map((update) => [this.#names.updatedColumn(update, source)?.column, update.value]),
      ),
      equals,
      rows: undefined,
    })
  }

  /** Notes an INSERT. REPLACE deletes rows that nobody names. */
  noteInsert({ node, target, columns, updates, outermost }: InsertFacts): void {
    const replaces = node.replace === true || node.orAction?.action === 'replace'
    if (target?.table === undefined || replaces) this.noteOpaque('write')
    if (target?.table === undefined) return
    this.writes.push({
      kind: 'insert',
      table: target.table,
      outermost,
      sqlName: target.sqlName,
      assigned: this.#names.assignedColumns(target, updates),
      becomes: new Map(),
      equals: new Map(),
      rows: this.#rowsOf(node.values, columns),
    })
  }

  #rowsOf(
    values: OperationNode | undefined,
    columns: readonly SourceColumn[] | undefined,
  ): readonly KnownValues[] | undefined {
    if (values === undefined || !ValuesNode.is(values) || columns === undefined) return undefined
    return values.values.map((row) => {
      const members = PrimitiveValueListNode.is(row)
        ? row.values.map((value) => ValueNode.create(value))
        : row.values
      return this.#known(members.map((member, index) => [columns[index]?.column, member]))
    })
  }

  #known(given: readonly (readonly [AnyBoundColumn | undefined, OperationNode])[]): KnownValues {
    const known = new Map<AnyBoundColumn, unknown>()
    for (const [column, node] of given) {
      if (column === undefined || !ValueNode.is(node) || !this.#isTagged(column)) continue
      if (isStoredAsGiven(column, node.value)) known.set(column, node.value)
      else known.delete(column)
    }
    return known
  }

  #isTagged(column: AnyBoundColumn): boolean {
    return isTagColumn(column, this.#capabilities)
  }
}
