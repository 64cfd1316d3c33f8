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
import type { Analysis, TableRead, TableWrite } from './analysis.ts'
import { topEqualities } from './equalities.ts'
import type { NameResolver } from './name-resolver.ts'
import { type GivenValue, NotedWrite } from './noted-write.ts'
import { Placements } from './placements.ts'
import type { Source, SourceColumn } from './source.ts'
import { isTagColumn } from './tags.ts'

/** What {@link Effects.noteInsert} is told. */
export interface InsertFacts {
  readonly node: InsertQueryNode
  readonly target: Source | undefined
  readonly columns: readonly SourceColumn[] | undefined
  /** Assignments of an upsert. */
  readonly updates: readonly ColumnUpdateNode[] | undefined
  readonly outermost: boolean
}

/**
 * Index of a value that comes with each run, or of the first in a list of them; undefined for what is part of the statement.
 */
export type SlotOf = (node: OperationNode) => number | undefined

/** The effects of one statement. */
export class Effects {
  readonly places: Placements
  readonly writes: TableWrite[] = []
  opaque: Analysis['opaque'] = 'no'
  readonly #names: NameResolver
  readonly #capabilities: Capabilities
  readonly #slotOf: SlotOf

  constructor(names: NameResolver, capabilities: Capabilities, slotOf: SlotOf) {
    this.#names = names
    this.#capabilities = capabilities
    this.#slotOf = slotOf
    this.places = new Placements({ names, capabilities, slotOf })
  }

  /** What is read of each table; known when all of the statement is bound. */
  get reads(): readonly TableRead[] {
    return this.places.reads()
  }

  /** Notes that something unknown is read or written; a write outweighs a read. */
  noteOpaque(effect: Analysis['opaque']): void {
    if (effect === 'write' || this.opaque === 'no') this.opaque = effect
  }

  /** Notes what a SELECT reads. */
  noteReads(node: SelectQueryNode): void {
    // A table outside the schema: what happens to it cannot be observed.
    if (this.#names.scope.sources.some((source) => source.isUnknown === true))
      this.noteOpaque('read')
    this.places.note(node)
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
    const equals = topEqualities(node.where?.where).flatMap(
      ({ reference, value, source: from }) => {
        const found = this.#names.resolve(reference)
        return found?.source === source &&
          found.column !== undefined &&
          this.#isTagged(found.column)
          ? [{ column: found.column, value, slot: this.#slotOf(from) }]
          : []
      },
    )
    const updates = UpdateQueryNode.is(node) ? (node.updates ?? []) : []
    this.writes.push(
      new NotedWrite({
        kind,
        table: source.table,
        outermost,
        sqlName: source.sqlName,
        assigned: this.#names.assignedColumns(source, updates),
        becomes: updates.flatMap((update) =>
          this.#given(this.#names.updatedColumn(update, source)?.column, update.value),
        ),
        equals,
        rows: undefined,
      }),
    )
  }

  /** Notes an INSERT. REPLACE deletes rows that nobody names. */
  noteInsert({ node, target, columns, updates, outermost }: InsertFacts): void {
    const replaces = node.replace === true || node.orAction?.action === 'replace'
    if (target?.table === undefined || replaces) this.noteOpaque('write')
    if (target?.table === undefined) return
    this.writes.push(
      new NotedWrite({
        kind: 'insert',
        table: target.table,
        outermost,
        sqlName: target.sqlName,
        assigned: this.#names.assignedColumns(target, updates),
        becomes: [],
        equals: [],
        rows: this.#rowsOf(node.values, columns),
      }),
    )
  }

  #rowsOf(
    values: OperationNode | undefined,
    columns: readonly SourceColumn[] | undefined,
  ): readonly (readonly GivenValue[])[] | undefined {
    if (values === undefined || !ValuesNode.is(values) || columns === undefined) return undefined
    return values.values.map((row) => {
      if (!PrimitiveValueListNode.is(row))
        return row.values.flatMap((member, index) => this.#given(columns[index]?.column, member))
      const first = this.#slotOf(row)
      return row.values.flatMap((value, index) => {
        const column = columns[index]?.column
        const slot = first === undefined ? undefined : first + index
        return column !== undefined && this.#isTagged(column) ? [{ column, value, slot }] : []
      })
    })
  }

  #given(column: AnyBoundColumn | undefined, node: OperationNode): readonly GivenValue[] {
    return column !== undefined && ValueNode.is(node) && this.#isTagged(column)
      ? [{ column, value: node.value, slot: this.#slotOf(node) }]
      : []
  }

  #isTagged(column: AnyBoundColumn): boolean {
    return isTagColumn(column, this.#capabilities)
  }
}
