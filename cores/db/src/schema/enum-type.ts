/** A type with a fixed list of names; a dialect without such types checks the column instead. */

import type { ColumnBuilder, ColumnOptions } from './column-builder.ts'
import { enumColumn } from './columns.ts'

/** An enum; called, it makes a column: `status: taskStatus().notNull()`. */
export interface EnumType<Values extends readonly string[] = readonly string[]> {
  (options?: ColumnOptions): ColumnBuilder<Values[number]>
  /** The database name, behind that of the schema if it has one. */
  readonly enumName: string
  /** The database's schema that it is in; undefined: where the connection looks first. */
  readonly enumSchema: string | undefined
  readonly values: Values
  readonly name: string
}

/**
 * Describes an enum: `const taskStatus = enumType('task_status', ['todo', 'done'])`.
 *
 * @throws TypeError for an empty list or a name that occurs twice.
 */
export function enumType<const Values extends readonly string[]>(
  name: string,
  values: Values,
): EnumType<Values> {
  return createEnumType({ name, schema: undefined }, values)
}

/** What an enum is called. */
export interface EnumName {
  /** Behind the name of its schema, if it has one. */
  readonly name: string
  readonly schema: string | undefined
}

/** Makes the value of an enum. */
export function createEnumType<const Values extends readonly string[]>(
  { name, schema }: EnumName,
  values: Values,
): EnumType<Values> {
  if (values.length === 0) throw new TypeError(`enumType("${name}"): give at least one value`)
  const twice = values.find((value, index) => values.indexOf(value) !== index)
  if (twice !== undefined)
    throw new TypeError(`enumType("${name}"): "${twice}" stands in the list twice`)
  const frozen = Object.freeze([...values])
  const make = (options?: ColumnOptions): ColumnBuilder<Values[number]> => enumColumn(type, options)
  // cast: a function whose `name` is the enum's, with the other properties added
  const type = Object.defineProperties(make, {
    name: { value: name },
    enumName: { value: name, enumerable: true },
    values: { value: frozen, enumerable: true },
    enumSchema: { value: schema, enumerable: true },
  }) as unknown as EnumType<Values>
  return Object.freeze(type)
}

/** Whether a value of a schema module is an enum. */
export function isEnumType(value: unknown): value is EnumType {
  return typeof value === 'function' && 'enumName' in value && 'values' in value
}
