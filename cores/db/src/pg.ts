/** Column types that only PostgreSQL has. */

import type { ColumnBuilder, ColumnOptions } from './schema/column-builder.ts'
import { nativeText, nativeType } from './schema/custom-type.ts'

type TextColumn = (options?: ColumnOptions) => ColumnBuilder<string>

const dialect = 'postgres'
const own = (sql: string): TextColumn => nativeText({ sql, dialect })

/** The words of a text, for full text search: `string`. */
export const tsvector: TextColumn = own('tsvector')
/** A full text query: `string`. */
export const tsquery: TextColumn = own('tsquery')
/** Text whose case does not count in comparisons; needs the extension `citext`: `string`. */
export const citext: TextColumn = own('citext')
/** An amount in the currency of the server's locale: `string`. */
export const money: TextColumn = own('money')
/** An address of a host or network: `string`. */
export const inet: TextColumn = own('inet')
/** A network: `string`. */
export const cidr: TextColumn = own('cidr')
/** A hardware address: `string`. */
export const macaddr: TextColumn = own('macaddr')
/** XML: `string`. */
export const xml: TextColumn = own('xml')
/** Ranges, as PostgreSQL writes them, `[1,5)`: `string`. */
export const int4range: TextColumn = own('int4range')
export const int8range: TextColumn = own('int8range')
export const numrange: TextColumn = own('numrange')
export const tsrange: TextColumn = own('tsrange')
export const tstzrange: TextColumn = own('tstzrange')
export const daterange: TextColumn = own('daterange')

/** A vector of the extension `pgvector`: `number[]`. */
export function vector(dimensions: number, options?: ColumnOptions): ColumnBuilder<number[]> {
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > 16_000)
    throw new TypeError(`vector: dimensions are a whole number from 1 to 16000, got ${dimensions}`)
  return nativeType<number[], string>(
    { sql: `vector(${dimensions})`, dialect },
    {
      toDriver: (value) => `[${value.join(',')}]`,
      fromDriver: (stored) => stored.slice(1, -1).split(',').map(Number),
    },
  )(options)
}
