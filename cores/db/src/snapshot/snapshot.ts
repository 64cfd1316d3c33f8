/** `SchemaSnapshot`, version 1: the one description in which declarations, databases and migrations meet. */

import type { ForeignKeyAction } from '../schema/column-builder.ts'
import type { ColumnTypeName } from '../schema/column-type.ts'
import type { Grants } from './grants/grant.ts'

/** Plain JSON with sorted keys; lists are sorted by name, columns stand in the order of declaration. */
export interface SchemaSnapshot {
  readonly version: 1
  /** By identity: `task_status`, or `audit.level` in a schema with a name. */
  readonly enums: Readonly<Record<string, EnumSnapshot>>
  /** By identity: `users`, or `audit.users` in a schema with a name. */
  readonly tables: Readonly<Record<string, TableSnapshot>>
  /** Views, sequences, domains, triggers, functions, policies, partitions: by {@link objectKey}. */
  readonly objects?: Readonly<Record<string, ObjectSnapshot>>
  /** Rights of roles that own nothing of it, by {@link grantKey}. */
  readonly grants?: Grants
}

/** SQL as it was written, and as a server writes it. */
export interface ExpressionSnapshot {
  readonly source: string
  /** What the server of {@link ExpressionSnapshot.engine} makes of it. */
  readonly deparsed?: string
  /** `postgres 18` */
  readonly engine?: string
}

/** An enum. */
export interface EnumSnapshot {
  readonly values: readonly string[]
  /** The schema that it is in, where that has a name. */
  readonly schema?: string
}

/** Kinds of {@link ObjectSnapshot}, in the order in which they are created; tables stand before `ownership`, and before what needs one of them. */
export const objectKinds = [
  'extension',
  'type',
  'function',
  'domain',
  'sequence',
  'ownership',
  'partition',
  'inheritance',
  'view',
  'materialized view',
  'view index',
  'rule',
  'trigger',
  'policy',
  'security',
  'comment',
] as const

/** One of {@link objectKinds}. */
export type ObjectKind = (typeof objectKinds)[number]

/** What is not described but carried: created by its own text, compared by it, never dropped in silence. */
export interface ObjectSnapshot {
  readonly kind: ObjectKind
  /** Behind the name of its schema, if that has one. */
  readonly name: string
  readonly schema?: string
  /** The table that it belongs to. */
  readonly table?: string
  /** Creates it. */
  readonly create: ExpressionSnapshot
  /** Turns another one of its name into it, where that can be done without taking it away. */
  readonly alter?: string
  /** Takes it away. */
  readonly drop: string
  /** Tables and other objects (by key) that must be there first. */
  readonly dependsOn: readonly string[]
  /** Columns that it speaks of, by the identity of their table; absent where no server was asked. */
  readonly columns?: Readonly<Record<string, readonly string[]>>
  /** Roles that its text names; the server must have them. */
  readonly roles?: readonly string[]
  /** An implied part of something else (a sequence of its column): made and dropped with it. */
  readonly owner?: string
}

/** The key of an object in a snapshot: `view open_tasks`, `trigger tasks.touch`. */
export function objectKey({
  kind,
  name,
  table,
}: Pick<ObjectSnapshot, 'kind' | 'name' | 'table'>): string {
  return `${kind} ${table === undefined ? '' : `${table}.`}${name}`
}

/** A table. */
export interface TableSnapshot {
  /** Behind the name of its schema, if that has one: `audit.users`. */
  readonly name: string
  readonly schema?: string
  readonly columns: readonly ColumnSnapshot[]
  readonly primaryKey: readonly string[]
  readonly uniques: readonly KeySnapshot[]
  readonly indexes: readonly IndexSnapshot[]
  readonly foreignKeys: readonly ForeignKeySnapshot[]
  readonly checks: readonly CheckSnapshot[]
  readonly comment?: string
  /** Name of the primary key's constraint, where it is not the database's own. */
  readonly primaryKeyName?: string
  /** How a partitioned table is split: `RANGE (created_at)`. */
  readonly partitionBy?: string
}

/** A column's type with its parameters. */
export interface TypeSnapshot {
  readonly name: ColumnTypeName
  readonly length?: number
  readonly precision?: number
  readonly scale?: number
  /** Name of the enum, for `enum`. */
  readonly enum?: string
  /** The type as the database writes it, for `native`. */
  readonly sql?: string
  /** Dimensions of an array. */
  readonly dimensions?: number
}

/** A default. A value stands in JSON form: bigint as text, dates as ISO text, bytes as hex. */
export type DefaultSnapshot = (
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'now' }
  | { readonly kind: 'expression'; readonly source: string }
) &
  Pick<ExpressionSnapshot, 'deparsed' | 'engine'>

/** A column. */
export interface ColumnSnapshot {
  readonly name: string
  readonly type: TypeSnapshot
  readonly notNull: boolean
  readonly default?: DefaultSnapshot
  readonly generated?: ExpressionSnapshot & { readonly stored: boolean }
  readonly identity?: 'always' | 'by default'
  readonly comment?: string
}

/** A unique constraint. */
export interface KeySnapshot {
  readonly name: string
  readonly columns: readonly string[]
  readonly nullsNotDistinct?: boolean
  readonly deferrable?: Deferrable
}

/** When a constraint that may wait is checked, unless a transaction says otherwise. */
export type Deferrable = 'immediate' | 'deferred'

/** A column or expression of an index. */
export interface IndexElementSnapshot {
  readonly column?: string
  readonly expression?: ExpressionSnapshot
  readonly order?: 'asc' | 'desc'
  readonly nulls?: 'first' | 'last'
  readonly opclass?: string
  readonly collation?: string
}

/** An index. */
export interface IndexSnapshot {
  readonly name: string
  /** Those of the elements that are columns. */
  readonly columns: readonly string[]
  /** Absent when the index is its columns and nothing more. */
  readonly elements?: readonly IndexElementSnapshot[]
  readonly unique?: boolean
  readonly where?: ExpressionSnapshot
  readonly using?: string
  readonly include?: readonly string[]
  readonly nullsNotDistinct?: boolean
}

/** A foreign key. */
export interface ForeignKeySnapshot {
  readonly name: string
  readonly columns: readonly string[]
  /** Identity of the table that it refers to. */
  readonly table: string
  readonly references: readonly string[]
  readonly onDelete: ForeignKeyAction
  readonly onUpdate: ForeignKeyAction
  readonly deferrable?: Deferrable
  /** The database has not looked at the rows that were there before. */
  readonly notValid?: boolean
}

/** A condition of rows. */
export interface CheckSnapshot extends ExpressionSnapshot {
  readonly name: string
  readonly notValid?: boolean
}

/** The snapshot of a database in which nothing is declared. */
export const emptySnapshot: SchemaSnapshot = Object.freeze({ version: 1, enums: {}, tables: {} })

/**
 * Reads a snapshot file.
 *
 * @throws TypeError for text that is not a snapshot, or one of a newer version.
 */
export function parseSnapshot(text: string, file: string): SchemaSnapshot {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new TypeError(`${file} is not JSON`, { cause: error })
  }
  if (
    typeof value !== 'object' ||
    value === null ||
    !('version' in value) ||
    !('tables' in value)
  ) {
    throw new TypeError(`${file} is not a schema snapshot`)
  }
  if (value.version !== 1) {
    throw new TypeError(
      `${file} is a snapshot of version ${String(value.version)}; this package reads 1: upgrade @mizan/db`,
    )
  }
  return value as SchemaSnapshot // cast: written by toSnapshot, guarded by the migration's hash
}

/** The snapshot as it is written to files: sorted keys, two spaces, a line end. */
export function formatSnapshot(snapshot: SchemaSnapshot): string {
  return `${JSON.stringify(sortKeys(snapshot), null, 2)}\n`
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sortKeys(member)]),
  )
}
