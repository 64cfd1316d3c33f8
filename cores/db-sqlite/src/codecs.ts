/** SQLite stores integers, doubles, text and bytes; every other type is one of these in a fixed form. */

import {
  type Codec,
  type Codecs,
  type ColumnTypeFacts,
  keep,
  plainCodec,
  ValueError,
} from '@mizan/db'
import { sql } from 'kysely'

const booleanCodec: Codec = {
  encode: (value) => (typeof value === 'boolean' ? Number(value) : value),
  decode: (raw) => (typeof raw === 'boolean' ? raw : Number(raw) !== 0),
}

const integerCodec: Codec = { encode: (value) => value, decode: (raw) => Number(raw) }

const bigintCodec: Codec = {
  encode: (value) => value,
  decode: (raw) => BigInt(String(raw)),
  nest: (reference) => sql`cast(${reference} as text)`,
}

/** 17 significant digits bring every double back; SQLite's own text has 15. */
const doubleCodec: Codec = {
  encode: (value) => {
    if (Number.isNaN(value)) throw new ValueError('SQLite stores NaN as null; it cannot be kept')
    return value
  },
  decode: (raw) => Number(raw),
  nest: (reference) => sql`iif(${reference} is null, null, printf('%!.17g', ${reference}))`,
  decodeNested: (raw) => (raw === 'Inf' ? Infinity : raw === '-Inf' ? -Infinity : Number(raw)),
}

/** ISO text in UTC with milliseconds: it sorts as it should and `Date` reads it. */
const timestampCodec: Codec = {
  encode: (value) => (value instanceof Date ? toIso(value) : value),
  decode: (raw) => new Date(String(raw)),
  compared: String,
}

/** More digits than a `Date` holds: always six of them, so that texts sort as moments do. */
const fineTimestampCodec: Codec = {
  encode: (value) => {
    const text = String(value)
    const [, moment, fraction = ''] =
      /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z$/.exec(text) ?? []
    if (moment === undefined)
      throw new ValueError(
        `"${text.slice(0, 40)}" is no moment such as 2026-11-20T13:37:00.123456Z`,
      )
    return `${moment}.${fraction.padEnd(6, '0')}Z`
  },
  decode: keep,
}

const jsonCodec: Codec = {
  encode: (value) => {
    const text: string | undefined = JSON.stringify(value)
    if (text === undefined) throw new ValueError(`a ${typeof value} is not JSON`)
    return text
  },
  decode: (raw) => JSON.parse(String(raw)),
  nest: (reference) => sql`json(${reference})`,
  decodeNested: (raw) => raw,
}

const bytesCodec: Codec = {
  encode: (value) => value,
  decode: (raw) => (raw instanceof Uint8Array ? Uint8Array.from(raw) : raw),
  nest: (reference) => sql`iif(${reference} is null, null, hex(${reference}))`,
  decodeNested: (raw) => parseHex(String(raw)),
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
    case 'real':
    case 'double':
      return doubleCodec
    case 'numeric':
      return numericCodec(type)
    case 'timestamp':
    case 'timestamptz':
      return (type.precision ?? 0) > 3 ? fineTimestampCodec : timestampCodec
    case 'json':
    case 'jsonb':
      return jsonCodec
    case 'bytea':
      return bytesCodec
    default:
      return plainCodec
  }
}

/** A parameter whose column is unknown. */
export function encodeValue(value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value)
  return value instanceof Date ? toIso(value) : value
}

/** JSON of whole numbers and texts: other values are not the same on the other side. */
export function encodeList(values: readonly unknown[]): string | undefined {
  const members: string[] = []
  for (const value of values) {
    if (typeof value === 'bigint' || Number.isSafeInteger(value)) members.push(String(value))
    else if (typeof value === 'string' && value.isWellFormed() && !value.includes('\0'))
      members.push(JSON.stringify(value))
    else return undefined
  }
  return `[${members.join(',')}]`
}

const numericCodecs = new Map<number | undefined, Codec>()

/** SQLite compares and sums decimals as doubles, so what a double would change is refused instead of stored. */
function numericCodec({ scale }: ColumnTypeFacts): Codec {
  let codec = numericCodecs.get(scale)
  if (codec === undefined) {
    const format = (raw: unknown): string =>
      scale === undefined ? String(raw) : Number(raw).toFixed(scale)
    codec = {
      encode: (value) => assertExact(String(value)),
      decode: format,
      nest: (reference) => sql`iif(${reference} is null, null, printf('%!.15g', ${reference}))`,
    }
    numericCodecs.set(scale, codec)
  }
  return codec
}

function assertExact(text: string): string {
  if (!/^-?\d+(\.\d+)?$/.test(text))
    throw new ValueError(`"${text.slice(0, 40)}" is not a decimal number`)
  const digits = text.replace(/^-?0*|\./g, '').replace(/^0+|0+$/g, '')
  if (digits.length > 15) {
    throw new ValueError(
      `SQLite keeps 15 digits of a decimal, and "${text.slice(0, 40)}" has ${digits.length}; store it as text()`,
    )
  }
  return text
}

function toIso(date: Date): string {
  const text = Number.isNaN(date.getTime()) ? '' : date.toISOString()
  // Years before 0 and after 9999 have another form, which does not sort among the others.
  if (!/^\d{4}-/.test(text)) throw new ValueError('SQLite keeps dates of the years 0 to 9999')
  return text
}

function parseHex(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2)
  for (let index = 0; index < bytes.length; index += 1)
    bytes[index] = Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16)
  return bytes
}
