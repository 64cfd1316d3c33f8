/** Values of columns on their way to `pg`. What comes back is made by the type parsers, for every expression alike. */

import {
  type Codec,
  type Codecs,
  type ColumnTypeName,
  keep,
  plainCodec,
  ValueError,
} from '@mizan/db'
import { sql } from 'kysely'
import { formatTimestamp, parseHex, parseTimestamp } from './text-values.ts'

const timestampCodec: Codec = {
  encode: (value) => (value instanceof Date ? formatTimestamp(value) : value),
  decode: keep,
  nest: (reference) => sql`(${reference})::text`,
  decodeNested: (raw) => parseTimestamp(String(raw)),
  compared: String,
}

const bigintCodec: Codec = {
  encode: (value) => (typeof value === 'bigint' ? value.toString() : value),
  decode: keep,
  nest: (reference) => sql`(${reference})::text`,
  decodeNested: (raw) => BigInt(String(raw)),
}

/** JSON has no NaN and no infinity; as text every double survives. */
const doubleCodec: Codec = {
  encode: keep,
  decode: keep,
  nest: (reference) => sql`(${reference})::text`,
  decodeNested: (raw) => Number(raw),
}

const textualCodec: Codec = {
  encode: keep,
  decode: keep,
  nest: (reference) => sql`(${reference})::text`,
  decodeNested: keep,
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
}

/** The codec of a type. */
export const codecs: Codecs = (type) => table[type.name] ?? plainCodec

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
