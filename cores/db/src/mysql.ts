/** Column types that only MySQL and MariaDB have. */

import type { ColumnBuilder, ColumnOptions } from './schema/column-builder.ts'
import { bytea, integer, numeric, text } from './schema/columns.ts'
import { alias, nativeType } from './schema/custom-type.ts'

type Constructor<Value> = (options?: ColumnOptions) => ColumnBuilder<Value>

const dialect = 'mysql'
const texts = (sql: string): Constructor<string> => alias(text(), { sql, dialect })
const bytes = (sql: string): Constructor<Uint8Array> => alias(bytea(), { sql, dialect })
const whole = (sql: string): Constructor<number> => alias(integer(), { sql, dialect })

/** Text of up to 255 bytes: `string`. */
export const tinytext: Constructor<string> = texts('tinytext')
/** Text of up to 16 MB: `string`. */
export const mediumtext: Constructor<string> = texts('mediumtext')
/** Text of up to 4 GB: `string`. */
export const longtext: Constructor<string> = texts('longtext')
/** Up to 255 bytes: `Uint8Array`. */
export const tinyblob: Constructor<Uint8Array> = bytes('tinyblob')
/** Up to 16 MB: `Uint8Array`. */
export const mediumblob: Constructor<Uint8Array> = bytes('mediumblob')
/** Up to 4 GB: `Uint8Array`. */
export const longblob: Constructor<Uint8Array> = bytes('longblob')
/** 8 bits: `number`. */
export const tinyint: Constructor<number> = whole('tinyint')
/** 24 bits: `number`. */
export const mediumint: Constructor<number> = whole('mediumint')
/** 32 bits from 0: `number`. */
export const unsignedInt: Constructor<number> = whole('int unsigned')
/** A year: `number`. */
export const year: Constructor<number> = whole('year')
/** 64 bits from 0: `bigint`. */
export const unsignedBigint: Constructor<bigint> = nativeType<bigint, unknown>(
  { sql: 'bigint unsigned', dialect },
  { toDriver: String, fromDriver: (stored) => BigInt(String(stored)) },
)

/** Any of some names: `string[]`. */
export function set<const Names extends readonly string[]>(
  names: Names,
  options?: ColumnOptions,
): ColumnBuilder<Names[number][]> {
  for (const name of names)
    if (name.includes(',') || name === '')
      throw new TypeError(
        `set: "${name}" is empty or holds a comma, which stands between the names`,
      )
  const list = names.map((name) => `'${name.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`)
  return nativeType<Names[number][], string>(
    { sql: `set(${list.join(', ')})`, dialect },
    {
      toDriver: (value) => value.join(','),
      fromDriver: (stored) => (stored === '' ? [] : stored.split(',')),
    },
  )(options)
}

/** An exact decimal from 0: `string`. */
export function unsignedDecimal(
  precision: number,
  scale: number,
  options?: ColumnOptions,
): ColumnBuilder<string> {
  return alias(numeric({ precision, scale }), {
    sql: `decimal(${precision}, ${scale}) unsigned`,
    dialect,
  })(options)
}
