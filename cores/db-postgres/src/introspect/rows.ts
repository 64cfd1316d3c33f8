/** The rows of the catalog queries. Tables, types and functions are named by their identities. */

import type { GrantedThing } from '@mizan/db'

/** Something of a schema. */
export interface PlacedRow {
  /** Behind the name of the schema, if that has one. */
  readonly name: string
  /** Null where it is searched first. */
  readonly schema: string | null
}

/** A table. */
export interface TableRow extends PlacedRow {
  readonly partitionBy: string | null
  readonly comment: string | null
  readonly secured: boolean
  readonly forced: boolean
  readonly bound: string | null
  /** The table of which it is a partition. */
  readonly parent: string | null
  /** The tables whose columns it has, too. */
  readonly inherits: readonly string[]
}

/** A column. */
export interface ColumnRow {
  readonly table: string
  readonly name: string
  readonly notNull: boolean
  readonly type: string
  readonly kind: string
  readonly own: boolean
  readonly sql: string
  readonly modifier: number
  readonly default: string | null
  readonly generated: string
  readonly identity: string
  readonly collation: string | null
  readonly comment: string | null
}

/** An index that is no constraint's. */
export interface IndexRow {
  readonly table: string
  readonly name: string
  readonly unique: boolean
  readonly method: string
  readonly where: string | null
  readonly keys: number
  readonly nullsNotDistinct: boolean
  readonly elements: readonly {
    readonly column: string | null
    readonly text: string
    readonly option: number | null
    readonly opclass: string | null
    readonly collation: string | null
  }[]
}

/** A constraint. */
export interface ConstraintRow {
  readonly table: string
  readonly name: string
  readonly kind: 'p' | 'u' | 'f' | 'c' | 'x'
  readonly columns: readonly string[]
  readonly target: string | null
  readonly references: readonly string[]
  readonly onDelete: string
  readonly onUpdate: string
  readonly deferrable: boolean
  readonly deferred: boolean
  readonly valid: boolean
  readonly check: string | null
  readonly definition: string
  readonly nullsNotDistinct: boolean
}

/** Something that depends on others. */
export interface DependentRow {
  /** Its number in its catalog; of a view that of the rule by which it is read. */
  readonly id: number
}

/** One dependency. */
export interface DependencyRow {
  /** The number of what has it. */
  readonly id: number
  /** The key of what it is on; null for what has none. */
  readonly key: string | null
  readonly table: string | null
  readonly column: string | null
}

/** An enum. */
export interface EnumRow extends PlacedRow {
  readonly values: readonly string[]
}

/** A domain. */
export interface DomainRow extends PlacedRow, DependentRow {
  readonly base: string
  readonly notNull: boolean
  readonly default: string | null
  readonly checks: readonly string[]
}

/** A sequence that is no identity column's. */
export interface SequenceRow extends PlacedRow {
  readonly type: string
  readonly start: string
  readonly increment: string
  readonly minimum: string
  readonly maximum: string
  readonly cache: string
  readonly cycle: boolean
  readonly table: string | null
  readonly column: string | null
}

/** A view. */
export interface ViewRow extends PlacedRow, DependentRow {
  readonly materialized: boolean
  readonly query: string
  readonly options: readonly string[] | null
  readonly indexes: readonly { readonly name: string; readonly definition: string }[]
}

/** A function. */
export interface FunctionRow extends PlacedRow {
  readonly arguments: string
  readonly kind: string
  readonly definition: string
  /** Its number in its catalog; an aggregate has {@link FunctionRow.needs}. */
  readonly id?: number
  readonly needs?: readonly string[]
}

/** An extension; `schema` where it is another one than ours. */
export interface ExtensionRow {
  readonly name: string
  readonly schema: string | null
}

/** A composite or range type. */
export interface TypeRow extends PlacedRow, DependentRow {
  readonly definition: string
  /** The number of a composite type's row. */
  readonly rowId: number | null
}

/** A rule of rewriting. */
export interface RuleRow extends DependentRow {
  readonly table: string
  readonly name: string
  readonly definition: string
}

/** A trigger. */
export interface TriggerRow extends DependentRow {
  readonly table: string
  readonly name: string
  readonly definition: string
}

/** A policy of row-level security. */
export interface PolicyRow extends DependentRow {
  readonly table: string
  readonly name: string
  readonly command: string
  readonly permissive: boolean
  readonly roles: readonly string[]
  readonly using: string | null
  readonly check: string | null
}

/** A comment on something that is carried by its own text; `on` is the word of COMMENT ON. */
export interface CommentRow {
  readonly on: string
  /** The key of what it is on. */
  readonly key: string
  readonly table: string | null
  readonly name: string
  readonly column: string | null
  readonly arguments: string | null
  readonly text: string
}

/** Rights of one role on one thing. */
export interface GrantRow {
  readonly on: GrantedThing
  readonly name: string
  readonly column: string | null
  readonly arguments: string | null
  readonly to: string
  readonly revoked: boolean
  readonly privileges: readonly string[]
  readonly grantable: readonly string[]
  readonly implied: readonly string[]
}

/** Everything of one namespace. */
export interface Catalog {
  readonly tables: readonly TableRow[]
  readonly columns: readonly ColumnRow[]
  readonly indexes: readonly IndexRow[]
  readonly constraints: readonly ConstraintRow[]
  readonly enums: readonly EnumRow[]
  readonly domains: readonly DomainRow[]
  readonly sequences: readonly SequenceRow[]
  readonly views: readonly ViewRow[]
  readonly extensions: readonly ExtensionRow[]
  readonly types: readonly TypeRow[]
  readonly aggregates: readonly FunctionRow[]
  readonly rules: readonly RuleRow[]
  readonly functions: readonly FunctionRow[]
  readonly triggers: readonly TriggerRow[]
  readonly policies: readonly PolicyRow[]
  readonly dependencies: readonly DependencyRow[]
  readonly comments: readonly CommentRow[]
  readonly grants: readonly GrantRow[]
}
