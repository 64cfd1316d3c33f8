/** What is known of a bound statement: its result, and what it reads and writes. */

import type { OperationNode, TableNode } from 'kysely'
import type { AnyBoundColumn } from '../schema/column.ts'
import type { TableFacts } from '../schema/table-facts.ts'
import type { Output } from './source.ts'

/** All rows that matter have one of these values in a tag column. */
export type Place = ValuePlace | ListPlace | KeyPlace

/** One value. */
export interface ValuePlace {
  readonly kind: 'value'
  readonly column: AnyBoundColumn
  readonly value: unknown
  /** Its index among the values that come with each run; undefined for one that is part of the statement. */
  readonly slot: number | undefined
  /** The node of the value, as it was written. */
  readonly source: OperationNode
}

/** Those of a list. */
export interface ListPlace {
  readonly kind: 'list'
  readonly column: AnyBoundColumn
  readonly values: readonly unknown[]
  /** The index of the list among the values that come with each run; undefined for one that is part of the statement. */
  readonly slot: number | undefined
}

/** Those that a column of other rows has, which are read by the same statement. */
export interface KeyPlace {
  readonly kind: 'keys'
  readonly column: AnyBoundColumn
  readonly key: AnyBoundColumn
  /** The table of `key`, as it is named in the SQL. */
  readonly from: TableNode
  /** Where those rows are. */
  readonly of: Place
}

/** One table that a statement reads, and the equality that narrows it. */
export interface TableRead {
  readonly table: TableFacts
  readonly equals:
    | {
        readonly column: AnyBoundColumn
        readonly value: unknown
        /** The node of the value, as it was written. */
        readonly source?: OperationNode
      }
    | undefined
  /** Where there is no such equality: what narrows it otherwise. */
  readonly place?: ListPlace | KeyPlace
}

/** Values that the statement itself tells, of tag columns. */
export type KnownValues = ReadonlyMap<AnyBoundColumn, unknown>

/** What a statement does to a table. */
export interface TableWrite {
  readonly kind: 'insert' | 'update' | 'delete'
  readonly table: TableFacts
  /** False in a common table expression. */
  readonly outermost: boolean
  /** The name of the written table in the SQL. */
  readonly sqlName: string
  /** The columns that are assigned: on conflict too. */
  readonly assigned: ReadonlySet<AnyBoundColumn>
  /** Of an update, what assigned tag columns become. */
  readonly becomes: KnownValues
  /** Top-level equalities of the condition: the old values of these tag columns. */
  readonly equals: KnownValues
  /** One map for each inserted row, of the tag columns whose values stand in the statement; undefined for INSERT … SELECT. */
  readonly rows: readonly KnownValues[] | undefined
  /** The same with the values of a run. */
  with(values: readonly unknown[]): TableWrite
}

/** Everything that the executor asks about a statement. */
export interface Analysis {
  readonly output: Output
  readonly reads: readonly TableRead[]
  readonly writes: readonly TableWrite[]
  /** Holds SQL whose effects are unknown. */
  readonly opaque: 'no' | 'read' | 'write'
}
