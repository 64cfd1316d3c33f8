/** What is known of a table at run time. */

import type { AnyBoundColumn } from './column.ts'
import type { Constraint } from './constraints.ts'

/** The plain facts behind a table value. */
export interface TableFacts {
  /** Database name. */
  readonly name: string
  /** The database's schema that it is in; undefined: where the connection looks first. */
  readonly schema: string | undefined
  /** The name, behind that of the schema if it has one: no two tables of a client have the same. */
  readonly identity: string
  /** By key, in the order of declaration. */
  readonly columns: ReadonlyMap<string, AnyBoundColumn>
  /** Called when the schema is complete: it may name columns of later tables. */
  readonly constraints: () => readonly Constraint[]
}

/** Under this property a table value holds its facts. */
export const tableFacts: unique symbol = Symbol('mizan.table')

/** A table of any columns. */
export interface AnyTable {
  readonly [tableFacts]: TableFacts
}

/** Whether a value of a schema module is a table. */
export function isTable(value: unknown): value is AnyTable {
  return typeof value === 'object' && value !== null && tableFacts in value
}
