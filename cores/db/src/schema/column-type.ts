/** The column types that every dialect knows, as plain data. */

/** Names of the types; a dialect package maps each to its own. */
export const columnTypeNames = [
  'serial',
  'bigserial',
  'smallint',
  'integer',
  'bigint',
  'numeric',
  'real',
  'double',
  'varchar',
  'char',
  'text',
  'boolean',
  'timestamp',
  'timestamptz',
  'date',
  'time',
  'interval',
  'uuid',
  'json',
  'jsonb',
  'bytea',
  'enum',
  'native',
] as const

/** One of {@link columnTypeNames}. */
export type ColumnTypeName = (typeof columnTypeNames)[number]

/** A type with its parameters, as it stands in a snapshot. */
export interface ColumnTypeFacts {
  readonly name: ColumnTypeName
  /** Characters, for `varchar` and `char`. */
  readonly length?: number
  /** Digits of `numeric`; digits of the second's fraction for times. */
  readonly precision?: number
  /** Digits after the point, for `numeric`. */
  readonly scale?: number
  /** The type as the database writes it, for `native`. */
  readonly sql?: string
  /** How often `.array()` was said: a list, a list of lists. */
  readonly dimensions?: number
  /** The only dialect that has the type. */
  readonly dialect?: string
  /** How a custom type's values are made of the type's own. Not part of a snapshot. */
  readonly custom?: {
    readonly toDriver: (value: never) => unknown
    readonly fromDriver: (value: never) => unknown
  }
  /** The enum's database name (behind that of its schema) and values, for `enum`. */
  readonly enum?: {
    readonly name: string
    readonly values: readonly string[]
    readonly schema?: string
  }
}

/** Types whose default comes from a counter of the database. */
export function isCounter(type: ColumnTypeFacts): boolean {
  return type.name === 'serial' || type.name === 'bigserial'
}

/** The type that a foreign key to a column of `type` has: a counter is a plain integer elsewhere. */
export function referenceType(type: ColumnTypeFacts): ColumnTypeName {
  if (type.name === 'serial') return 'integer'
  return type.name === 'bigserial' ? 'bigint' : type.name
}
