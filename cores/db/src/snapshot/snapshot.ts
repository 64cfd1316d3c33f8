/** `SchemaSnapshot`, version 1: the one description in which declarations, databases and migrations meet. */

import type { ForeignKeyAction } from '../schema/column-builder.ts'
import type { ColumnTypeName } from '../schema/column-type.ts'

/** Plain JSON with sorted keys; lists are sorted by name, columns stand in the order of declaration. */
export interface SchemaSnapshot {
  readonly version: 1
  /** By database name. */
  readonly enums: Readonly<Record<string, EnumSnapshot>>
  /** By database name. */
  readonly tables: Readonly<Record<string, TableSnapshot>>
}

/** An enum. */
export interface EnumSnapshot {
  readonly values: readonly string[]
}

/** A table. */
export interface TableSnapshot {
  readonly name: string
  readonly columns: readonly ColumnSnapshot[]
  readonly primaryKey: readonly string[]
  readonly uniques: readonly KeySnapshot[]
  readonly indexes: readonly KeySnapshot[]
  readonly foreignKeys: readonly ForeignKeySnapshot[]
  readonly checks: readonly CheckSnapshot[]
}

/** A column's type with its parameters. */
export interface TypeSnapshot {
  readonly name: ColumnTypeName
  readonly length?: number
  readonly precision?: number
  readonly scale?: number
  /** Name of the enum, for `enum`. */
  readonly enum?: string
}

/** A default. A value stands in JSON form: bigint as text, dates as ISO text, bytes as hex. */
export type DefaultSnapshot =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'now' }
  | { readonly kind: 'expression'; readonly source: string }

/** A column. */
export interface ColumnSnapshot {
  readonly name: string
  readonly type: TypeSnapshot
  readonly notNull: boolean
  readonly default?: DefaultSnapshot
}

/** A unique constraint or an index. */
export interface KeySnapshot {
  readonly name: string
  readonly columns: readonly string[]
}

/** A foreign key. */
export interface ForeignKeySnapshot {
  readonly name: string
  readonly columns: readonly string[]
  readonly table: string
  readonly references: readonly string[]
  readonly onDelete: ForeignKeyAction
  readonly onUpdate: ForeignKeyAction
}

/** A condition of rows. */
export interface CheckSnapshot {
  readonly name: string
  readonly source: string
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
