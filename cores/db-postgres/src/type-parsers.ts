/** Values of PostgreSQL's types as the API promises them, by type id: expressions without a column get them too. */

import { parseBytes, parseTimestamp } from './text-values.ts'

const parsers: ReadonlyMap<number, (text: string) => unknown> = new Map<
  number,
  (text: string) => unknown
>([
  [16, (text) => text === 't'], // boolean
  [17, parseBytes], // bytea
  [20, BigInt], // int8
  [21, Number], // int2
  [23, Number], // int4
  [26, Number], // oid
  [114, JSON.parse], // json
  [700, Number], // float4
  [701, Number], // float8
  [1114, parseTimestamp], // timestamp
  [1184, parseTimestamp], // timestamptz
  [3802, JSON.parse], // jsonb
])

/** The parser of a type; undefined for values that stay text. */
export function parserOf(id: number): ((text: string) => unknown) | undefined {
  return parsers.get(id)
}
