/** What is known of a bound statement: its result, and what it reads and writes. */

import type { OperationNode } from 'kysely'
import type { AnyBoundColumn } from '../schema/column.ts'
import type { TableFacts } from '../schema/table-facts.ts'
import type { Output } from './source.ts'

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
