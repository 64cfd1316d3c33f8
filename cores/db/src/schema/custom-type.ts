/** Column types of the application: values of its own, stored as values of a known type. */

import { ColumnBuilder, type AnyColumnBuilder, type ColumnOptions } from './column-builder.ts'
import { columnTypeNames, type ColumnTypeFacts, type ColumnTypeName } from './column-type.ts'
import { text } from './columns.ts'

/** How values cross the border. */
export interface CustomTypeOptions<Value, Stored> {
  /** A column constructor's result, or the type as the database writes it. */
  readonly dataType: () => ColumnBuilder<Stored, boolean, boolean> | string
  /** Called for every value but null. */
  readonly toDriver: (value: Value) => Stored
  readonly fromDriver: (stored: Stored) => Value
}

/** Parameters of a type that only one dialect has. */
export interface NativeFacts {
  /** The type as the database writes it. */
  readonly sql: string
  readonly dialect: 'postgres' | 'sqlite' | 'mysql'
}

/**
 * Describes a type: `const money = customType<Money, string>({ dataType: () => numeric({ precision: 12, scale: 2 }), toDriver,
 * fromDriver })`, then `price: money().notNull()`.
 */
export function customType<Value, Stored = unknown>(
  options: CustomTypeOptions<Value, Stored>,
): (column?: ColumnOptions) => ColumnBuilder<Value> {
  const { toDriver, fromDriver } = options
  return (column) => {
    const base = baseType(options.dataType())
    return build({ ...base, custom: { toDriver, fromDriver } }, column)
  }
}

/** A type that only one dialect has, whose value is its text. */
export function nativeText({
  sql,
  dialect,
}: NativeFacts): (column?: ColumnOptions) => ColumnBuilder<string> {
  return (column) => build({ name: 'native', sql, dialect }, column)
}

/** A type that only one dialect has, with values made of what the driver gives. */
export function nativeType<Value, Stored>(
  { sql, dialect }: NativeFacts,
  custom: Pick<CustomTypeOptions<Value, Stored>, 'toDriver' | 'fromDriver'>,
): (column?: ColumnOptions) => ColumnBuilder<Value> {
  return (column) => build({ name: 'native', sql, dialect, custom }, column)
}

/** A known type under another name of one dialect. */
export function alias<Value>(
  base: ColumnBuilder<Value>,
  { sql, dialect }: NativeFacts,
): (column?: ColumnOptions) => ColumnBuilder<Value> {
  return (column) => build({ ...base.facts.type, sql, dialect }, column)
}

function baseType(given: AnyColumnBuilder | string): ColumnTypeFacts {
  if (typeof given !== 'string') return given.facts.type
  return columnTypeNames.includes(given as ColumnTypeName)
    ? { name: given as ColumnTypeName } // cast: one of the names
    : { name: 'native', sql: given }
}

function build<Value>(
  type: ColumnTypeFacts,
  options: ColumnOptions | undefined,
): ColumnBuilder<Value> {
  return new ColumnBuilder({
    ...text(options).facts,
    type: Object.freeze(type),
  })
}
