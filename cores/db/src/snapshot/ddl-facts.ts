/** What the DDL emitter must know of a dialect. */

import type { ColumnSnapshot, TypeSnapshot } from './snapshot.ts'
import type { Enums } from './changes.ts'
import type { PlanFacts } from './plan-changes.ts'

/** The facts of DDL. */
export interface DdlFacts extends PlanFacts {
  /** A quoted identifier. */
  quote(name: string): string
  /** The type of a column, counters excepted. */
  type(type: TypeSnapshot, enums: Enums): string
  /** A counter's type with what makes it count. */
  counter(type: TypeSnapshot): string
  /** A default's value as SQL. */
  literal(value: unknown, type: TypeSnapshot): string
  /** The time of the insert. */
  now(type: Pick<TypeSnapshot, 'name' | 'precision'>): string
  /** DDL takes part in transactions. */
  readonly transactional: boolean
  /** Enums are types of their own, created before the tables. */
  readonly enumTypes: boolean
  /** Restricts a column to an enum's values where enums are not types; undefined when the type does it. */
  enumCheck?(column: ColumnSnapshot, enums: Enums): string | undefined
  /** A counter carries the primary key in its own definition (SQLite). */
  readonly counterIsKey: boolean
  /** Unique constraints are unique indexes. */
  readonly uniqueIndexes: boolean
  /** Stands after the closing bracket of CREATE TABLE. */
  readonly tableOptions: string
  dropIndex(table: string, index: string): string
  dropUnique(table: string, name: string): string
  dropForeignKey(table: string, name: string): string
  dropCheck(table: string, name: string): string
}
