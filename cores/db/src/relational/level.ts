/** A nested query with its names resolved, as the builder takes it. */

import type { OperationNode } from 'kysely'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { AnyBoundColumn } from '../schema/column.ts'
import type { ColumnTypeFacts } from '../schema/column-type.ts'
import type { Schema } from '../schema/schema.ts'
import type { TableFacts } from '../schema/table-facts.ts'
import type { Strategy } from './loose-options.ts'
import type { PlannedOrder } from './order.ts'

/** One member of a row: a column, or an expression. */
export interface Field {
  readonly name: string
  /** In the source of the level. */
  readonly node: OperationNode
  /** Undefined for an expression whose type nobody said. */
  readonly type: ColumnTypeFacts | undefined
  readonly isExtra: boolean
}

/** One level of a nested query. */
export interface Level {
  readonly table: TableFacts
  readonly key: string
  readonly alias: string
  readonly fields: readonly Field[]
  readonly relations: readonly RelatedLevel[]
  readonly counts: readonly RelatedLevel[]
  readonly where: readonly OperationNode[]
  readonly order: readonly PlannedOrder[]
  readonly limit: number | undefined
  readonly offset: number | undefined
  /** The conditions leave at most one row. */
  readonly isOneRow: boolean
  /** Conditions, orders or expressions speak of tables of outer levels. */
  readonly looksOut: boolean
}

/** Column of the outer level = column of the inner one, or of the table between. */
export interface PlannedLink {
  readonly outer: AnyBoundColumn
  readonly alias: string
  readonly inner: AnyBoundColumn
}

/** A relation of a level. */
export interface RelatedLevel {
  readonly name: string
  readonly kind: 'one' | 'many' | 'count'
  readonly level: Level
  readonly links: readonly PlannedLink[]
  readonly junction:
    | {
        readonly key: string
        readonly alias: string
        readonly on: readonly { readonly left: OperationNode; readonly right: OperationNode }[]
      }
    | undefined
  readonly strategy: Strategy
}

/** What plans are made with. */
export interface PlanContext {
  readonly schema: Schema
  readonly dialect: DialectPackage
  /** Several statements may see one state of the database. */
  readonly canSplit: boolean
  /** Deeper levels get further names. */
  readonly nextAlias: () => string
}

/** What is said of a level by where it stands. */
export interface LevelPlace {
  readonly depth: number
  /** Of the levels around, where this one does not say. */
  readonly strategy: Strategy | undefined
  /** It is read once, not once for each of many rows. */
  readonly isOnce: boolean
}
