/** Values of columns on their way to and from `pg`. Expressions without a column are read by the type parsers. */

import {
  type Codec,
  type Codecs,
  type ColumnTypeFacts,
  type ColumnTypeName,
  keep,
  plainCodec,
  ValueError,
} from '@mizan/db'
import { type Expression, sql } from 'kysely'
import { formatArray, parseArray } from './array-values.ts'
import {
  formatTimestamp,
  isoTimestamp,
  parseBytes,
  parseHex,
  parseTimestamp,
} from './text-values.ts'

const asText = (reference: Expression<unknown>): Expression<unknown> => sql`(${reference})::text`

const timestampCodec: Codec = {
  encode: (value) => (value instanceof Date ? formatTimestamp(value) : value),
  decode: keep,
  nest: asText,
  decodeNested: (raw) => parseTimestamp(String(raw)),
  compared: String,
}

/** More digits than a `Date` holds. */
const fineTimestampCodec: Codec = {
  encode: keep,
  decode: (raw) => isoTimestamp(String(raw)),
  nest: asText,
  compared: String,
  readsText: true,
}

const bigintCodec: Codec = {
  encode: (value) => (typeof value === 'bigint' ? value.toString() : value),
  decode: keep,
  nest: asText,
  decodeNested: (raw) => BigInt(String(raw)),
}

/** JSON has no NaN and no infinity; as text every double survives. */
const doubleCodec: Codec = {
  encode: keep,
  decode: keep,
  nest: asText,
  decodeNested: (raw) => Number(raw),
}

const textualCodec: Codec = { encode: keep, decode: keep, nest: asText, decodeNested: keep }

/** What this package does not know stays PostgreSQL's own text; a cast to text is another one for some types (`inet`). */
const nativeCodec: Codec = {
  ...textualCodec,
  nest: (reference) => sql`case when ${reference} is not null then format('%s', ${reference}) end`,
  readsText: true,
}

const jsonCodec: Codec = {
  // pg would make a PostgreSQL array of a JavaScript one.
  encode: (value) => toJson(value),
  decode: keep,
}

const bytesCodec: Codec = {
  encode: keep,
  decode: keep,
  nest: (reference) => sql`encode(${reference}, 'hex')`,
  decodeNested: (raw) => parseHex(String(raw)),
}

const table: Partial<Record<ColumnTypeName, Codec>> = {
  bigserial: bigintCodec,
  bigint: bigintCodec,
  numeric: textualCodec,
  real: doubleCodec,
  double: doubleCodec,
  timestamp: timestampCodec,
  timestamptz: timestampCodec,
  date: textualCodec,
  time: textualCodec,
  interval: textualCodec,
  json: jsonCodec,
  jsonb: jsonCodec,
  bytea: bytesCodec,
  native: nativeCodec,
}

/** The codec of a type. */
export const codecs: Codecs = (type) => {
  if (type.dimensions !== undefined) return arrayCodec(type)
  const isFine = (type.precision ?? 0) > 3
  if (isFine && (type.name === 'timestamp' || type.name === 'timestamptz'))
    return fineTimestampCodec
  return table[type.name] ?? plainCodec
}

/** What an element's text is as a value. */
const elementParsers: Partial<Record<ColumnTypeName, (text: string) => unknown>> = {
  smallint: Number,
  integer: Number,
  bigint: BigInt,
  real: Number,
  double: Number,
  boolean: (text) => text === 't',
  timestamp: parseTimestamp,
  timestamptz: parseTimestamp,
  json: JSON.parse,
  jsonb: JSON.parse,
  bytea: parseBytes,
}

/** A list travels as PostgreSQL's own text, at the top and inside nested rows. */
function arrayCodec(array: ColumnTypeFacts): Codec {
  const { dimensions: _, ...type } = array
  const element = codecs(type)
  const isFine = element === fineTimestampCodec
  const parse = isFine ? isoTimestamp : (elementParsers[type.name] ?? keep)
  return {
    encode: (value) => formatArray(value, (one) => element.encode(one)),
    decode: (raw) => parseArray(String(raw), (text) => parse(text)),
    nest: asText,
    compared: String,
    readsText: true,
  }
}

/** A parameter whose column is unknown. */
export function encodeValue(value: unknown): unknown {
  if (value instanceof Date) return formatTimestamp(value)
  return typeof value === 'bigint' ? value.toString() : value
}

function toJson(value: unknown): string {
  const text: string | undefined = JSON.stringify(value)
  if (text === undefined) throw new ValueError(`a ${typeof value} is not JSON`)
  return text
}
