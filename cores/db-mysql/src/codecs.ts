/** Values of columns on their way to and from `mysql2`. */

import { type Codec, type Codecs, plainCodec, ValueError } from '@mizan/db'
import { sql } from 'kysely'
import { formatDateTime, parseDateTime } from './text-values.ts'

const booleanCodec: Codec = {
  encode: (value) => (typeof value === 'boolean' ? Number(value) : value),
  decode: (raw) => (typeof raw === 'boolean' ? raw : Number(raw) !== 0),
}

const integerCodec: Codec = { encode: (value) => value, decode: (raw) => Number(raw) }

const bigintCodec: Codec = {
  encode: (value) => (typeof value === 'bigint' ? value.toString() : value),
  decode: (raw) => BigInt(String(raw)),
  nest: (reference) => sql`cast(${reference} as char)`,
}

const textualCodec: Codec = {
  encode: (value) => value,
  decode: (raw) => raw,
  nest: (reference) => sql`cast(${reference} as char)`,
}

const doubleCodec: Codec = { encode: (value) => assertFinite(value), decode: (raw) => Number(raw) }

const dateTimeCodec: Codec = {
  encode: (value) => (value instanceof Date ? formatDateTime(value) : value),
  decode: (raw) => raw,
  nest: (reference) => sql`cast(${reference} as char)`,
  decodeNested: (raw) => parseDateTime(String(raw)),
  compared: String,
}

/** More digits than a `Date` holds: `2026-11-20T13:37:00.123456Z`. */
const fineDateTimeCodec: Codec = {
  encode: (value) => String(value).replace('T', ' ').replace(/Z$/, ''),
  decode: (raw) => fineText(String(raw)),
  nest: (reference) => sql`cast(${reference} as char)`,
  compared: String,
}

function fineText(text: string): string {
  const [moment = '', fraction = ''] = text.split('.')
  return `${moment.replace(' ', 'T')}.${fraction.padEnd(6, '0')}Z`
}

const nativeCodec: Codec = {
  ...textualCodec,
  decode: (raw) => (typeof raw === 'bigint' ? String(raw) : raw),
}

const jsonCodec: Codec = {
  encode: (value) => {
    const text: string | undefined = JSON.stringify(value)
    if (text === undefined) throw new ValueError(`a ${typeof value} is not JSON`)
    return text
  },
  decode: (raw) => (typeof raw === 'string' ? JSON.parse(raw) : raw),
  nest: (reference) => sql`json_extract(${reference}, '$')`,
  decodeNested: (raw) => raw,
}

const bytesCodec: Codec = {
  encode: (value) => (value instanceof Uint8Array ? Buffer.from(value) : value),
  decode: (raw) => (raw instanceof Uint8Array ? Uint8Array.from(raw) : raw),
  nest: (reference) => sql`hex(${reference})`,
  decodeNested: (raw) => Uint8Array.from(Buffer.from(String(raw), 'hex')),
}

/** The codec of a type. */
export const codecs: Codecs = (type) => {
  switch (type.name) {
    case 'boolean':
      return booleanCodec
    case 'serial':
    case 'smallint':
    case 'integer':
      return integerCodec
    case 'bigserial':
    case 'bigint':
      return bigintCodec
    case 'numeric':
    case 'date':
    case 'time':
      return textualCodec
    case 'real':
    case 'double':
      return doubleCodec
    case 'timestamp':
    case 'timestamptz':
      return (type.precision ?? 0) > 3 ? fineDateTimeCodec : dateTimeCodec
    case 'native':
      return nativeCodec
    case 'json':
    case 'jsonb':
      return jsonCodec
    case 'bytea':
      return bytesCodec
    default:
      return plainCodec
  }
}

/**
 * A parameter whose column is unknown.
 *
 * @throws ValueError for an object: the driver would write it into the statement as something else than a value.
 */
export function encodeValue(value: unknown): unknown {
  if (value instanceof Date) return formatDateTime(value)
  if (value instanceof Uint8Array) return Buffer.from(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'object' && value !== null) {
    throw new ValueError(
      'an object cannot be a parameter; compare it with a json() column, or give its text',
    )
  }
  return value
}

function assertFinite(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new ValueError(`MySQL cannot keep ${value}`)
  return value
}
