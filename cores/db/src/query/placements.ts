/** Finds which rows of a table a statement depends on: by values that stand in it, or by keys of other rows that it reads. */

import {
  AliasNode,
  type JoinNode,
  type JoinType,
  type OperationNode,
  ReferenceNode,
  type SelectQueryNode,
  type TableNode,
} from 'kysely'
import type { Capabilities } from '../dialect/dialect-package.ts'
import type { AnyBoundColumn } from '../schema/column.ts'
import type { TableFacts } from '../schema/table-facts.ts'
import type { Place, TableRead, ValuePlace } from './analysis.ts'
import { topConditions, type TopConditions } from './equalities.ts'
import type { SlotOf } from './effects.ts'
import type { NameResolver } from './name-resolver.ts'
import type { Source } from './source.ts'
import { areComparedAlike, isPrimary, isTagColumn, valueTag } from './tags.ts'

/** What placements are found with. */
export interface PlacementsOptions {
  readonly names: NameResolver
  readonly capabilities: Capabilities
  readonly slotOf: SlotOf
}

/** A column of a source has values that a column of another one has. */
interface Link {
  readonly column: AnyBoundColumn
  readonly to: Source
  readonly key: AnyBoundColumn
  /** Of a subquery after IN all rows count, also where nothing else may follow them. */
  readonly isMembership: boolean
}

/** One source of a SELECT. */
interface Read {
  readonly table: TableFacts
  readonly values: readonly ValuePlace[]
  readonly lists: readonly Place[]
  readonly links: readonly Link[]
  /** Each row of the result has its row of this source, or none, whatever the other rows are. */
  readonly isRowWise: boolean
}

/**
 * With these, what a row of the sources before them becomes depends on that row and on those it is joined with. After the
 * others it also depends on all rows that match nothing.
 */
const rowWise: ReadonlySet<JoinType> = new Set([
  'InnerJoin',
  'LeftJoin',
  'CrossJoin',
  'LateralInnerJoin',
  'LateralLeftJoin',
  'LateralCrossJoin',
])
const inner: ReadonlySet<JoinType> = new Set(['InnerJoin', 'LateralInnerJoin'])

/** Tables from one key to the next; who reads through more is told of all changes. */
const maximumSteps = 4

/** The placements of one statement. */
export class Placements {
  readonly #options: PlacementsOptions
  readonly #reads = new Map<Source, Read>()
  readonly #tables = new WeakMap<Source, TableNode>()
  /** The column that a subquery gives, where it is one of a table. */
  readonly #columns = new WeakMap<OperationNode, { source: Source; column: AnyBoundColumn }>()

  constructor(options: PlacementsOptions) {
    this.#options = options
  }

  /** How a table is named in the SQL. */
  noteTable(source: Source, node: TableNode): void {
    this.#tables.set(source, node)
  }

  /** Notes a SELECT while its names are known. */
  note(node: SelectQueryNode): void {
    const { names } = this.#options
    const joins = node.joins ?? []
    const isRowWise =
      node.setOperations === undefined && joins.every(({ joinType }) => rowWise.has(joinType))
    // What is asked of an inner join is asked of the result.
    const held = isRowWise ? joins.filter(({ joinType }) => inner.has(joinType)).map(onOf) : []
    const everywhere = topConditions(node.where?.where, ...held)
    const from = node.from?.froms.length ?? 0
    for (const [at, source] of names.scope.sources.entries()) {
      if (source.table === undefined) continue
      const join = isRowWise ? joins[at - from] : undefined
      const own = join?.joinType === 'LeftJoin' ? topConditions(onOf(join)) : undefined
      this.#reads.set(source, this.#readOf(source, source.table, [everywhere, own], isRowWise))
    }
    this.#noteColumn(node)
  }

  /** What is read of each table, in the order of the sources. */
  reads(): readonly TableRead[] {
    return [...this.#reads].map(([source, { table, values }]) => {
      // A primary key places a read best.
      const own = values.find(({ column }) => isPrimary(column)) ?? values[0]
      if (own !== undefined) return { table, equals: own }
      const place = this.#placeOf(source, new Set())
      if (place === undefined) return { table, equals: undefined }
      return place.kind === 'value' ? { table, equals: place } : { table, equals: undefined, place }
    })
  }

  #readOf(
    source: Source,
    table: TableFacts,
    conditions: readonly (TopConditions | undefined)[],
    isRowWise: boolean,
  ): Read {
    const all = conditions.filter((one) => one !== undefined)
    return {
      table,
      isRowWise,
      values: all
        .flatMap(({ equalities }) => equalities)
        .flatMap(({ reference, value, source: node }) => {
          const column = this.#tagColumn(reference, source)
          return column === undefined || valueTag(column, value) === undefined
            ? []
            : [{ kind: 'value', column, value, slot: this.#options.slotOf(node), source: node }]
        }),
      lists: all
        .flatMap(({ memberships }) => memberships)
        .flatMap(({ reference, values, source: node }) => {
          const column = this.#tagColumn(reference, source)
          return column === undefined
            ? []
            : [{ kind: 'list', column, values, slot: this.#options.slotOf(node) }]
        }),
      links: all
        .flatMap(({ links }) => links)
        .flatMap(({ reference, other }) => {
          const column = this.#tagColumn(reference, source)
          const to = column && this.#linked(other)
          if (column === undefined || to === undefined || to.source === source) return []
          const isMembership = !ReferenceNode.is(other)
          if (!areComparedAlike(column, to.column, this.#options.capabilities)) return []
          return [{ column, to: to.source, key: to.column, isMembership }]
        }),
    }
  }

  #tagColumn(reference: ReferenceNode, source: Source): AnyBoundColumn | undefined {
    const found = this.#options.names.resolve(reference)
    return found?.source === source &&
      found.column !== undefined &&
      isTagColumn(found.column, this.#options.capabilities)
      ? found.column
      : undefined
  }

  #linked(
    other: ReferenceNode | SelectQueryNode,
  ): { source: Source; column: AnyBoundColumn } | undefined {
    if (!ReferenceNode.is(other)) return this.#columns.get(other)
    const found = this.#options.names.resolve(other)
    return found?.column && { source: found.source, column: found.column }
  }

  #noteColumn(node: SelectQueryNode): void {
    const [only, ...more] = node.selections ?? []
    if (only === undefined || more.length > 0 || node.setOperations !== undefined) return
    const { selection } = only
    const given = AliasNode.is(selection) ? selection.node : selection
    if (!ReferenceNode.is(given)) return
    const found = this.#options.names.resolve(given)
    if (found?.column === undefined || !this.#options.names.scope.sources.includes(found.source))
      return
    this.#columns.set(node, { source: found.source, column: found.column })
  }

  /** @param through the sources that lead here: a circle leads nowhere */
  #placeOf(source: Source, through: ReadonlySet<Source>): Place | undefined {
    const read = this.#reads.get(source)
    if (read === undefined || through.has(source) || through.size > maximumSteps) return undefined
    const own =
      read.values.find(({ column }) => isPrimary(column)) ?? read.values[0] ?? read.lists[0]
    if (own !== undefined) return own
    const found = read.links.flatMap(
      (link) => this.#placeBy(link, new Set([...through, source])) ?? [],
    )
    return found.toSorted((one, other) => stepsOf(one) - stepsOf(other))[0]
  }

  #placeBy(
    { column, to, key, isMembership }: Link,
    through: ReadonlySet<Source>,
  ): Place | undefined {
    const read = this.#reads.get(to)
    if (read === undefined || !(isMembership || read.isRowWise)) return undefined
    const same = read.values.find((one) => one.column === key)
    if (same !== undefined && valueTag(column, same.value) !== undefined) return { ...same, column }
    const of = this.#placeOf(to, through)
    const from = this.#tables.get(to)
    return of === undefined || from === undefined
      ? undefined
      : { kind: 'keys', column, key, from, of }
  }
}

function onOf({ on }: JoinNode): OperationNode | undefined {
  return on?.on
}

function stepsOf(place: Place): number {
  return place.kind === 'keys' ? 1 + stepsOf(place.of) : 0
}
