/** Changes of things that stay: what a dialect must turn into its own statements. */

import type { Enums } from './changes.ts'
import type { ColumnSnapshot, TableSnapshot } from './snapshot.ts'

/** A column before and after, of one name. */
export interface ColumnChange {
  readonly table: string
  readonly before: ColumnSnapshot
  readonly after: ColumnSnapshot
  readonly enumsBefore: Enums
  readonly enums: Enums
  /** The whole column as it stands in CREATE TABLE, for dialects that say it again. */
  readonly definition: string
}

/** What carries a comment. */
export interface CommentTarget {
  readonly table: string
  readonly column?: string
  /** The whole column as it stands in CREATE TABLE, for dialects that say it again. */
  readonly definition?: string
}

/** An enum whose values change, and the columns that hold them. */
export interface EnumChange {
  readonly name: string
  readonly before: readonly string[]
  readonly after: readonly string[]
  readonly columns: readonly EnumColumn[]
}

/** A column of an enum. */
export interface EnumColumn {
  readonly table: string
  readonly column: string
  /** Its default as SQL. */
  readonly default: string | undefined
}

/** A key or index by its name. */
export interface KeyName {
  readonly table: string
  readonly of: 'primary key' | 'unique' | 'index' | 'foreign key'
  readonly name: string
}

/** What a rebuild is made of. */
export interface RebuildParts {
  readonly before: TableSnapshot
  readonly after: TableSnapshot
  /** A name that no table has. */
  readonly temporary: string
  /** Creates the new table under its temporary name. */
  readonly create: string
  /** Creates the indexes, under the final name. */
  readonly indexes: readonly string[]
  /** Column of the new table → SQL over the old one. */
  readonly copy: Readonly<Record<string, string>>
  /** Creates the triggers. */
  readonly triggers: readonly string[]
}
