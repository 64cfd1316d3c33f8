/** Decoders of the values that JSON carries in another form (PROTOCOL section 3). */

import { Buffer, File } from 'node:buffer'
import { type Decoder, invalid } from './report.ts'
import { parseDateTime } from './rfc3339.ts'

const decimal = /^(?:0|-?[1-9]\d*)$/
/** Parsing a decimal costs the square of its length. */
const maximumDigits = 1000

/** RFC 3339 → Date. */
export const decodeDate: Decoder = (json, report) => {
  const date = typeof json === 'string' ? parseDateTime(json) : undefined
  return date ?? report.refuseValue(json, 'must be an RFC 3339 date-time', 'date')
}

/** Decimal string, in its one spelling → bigint. */
export const decodeBigint: Decoder = (json, report) => {
  if (typeof json !== 'string' || json.length > maximumDigits || !decimal.test(json)) {
    return report.refuseValue(json, 'must be a decimal integer in a string', 'bigint')
  }
  return BigInt(json)
}

/** Base64 with padding, in its one spelling → Uint8Array. */
export const decodeBytes: Decoder = (json, report) => {
  if (typeof json === 'string' && json.length % 4 === 0) {
    const bytes = Buffer.from(json, 'base64')
    // Buffer skips what is not base64 and forgives stray bits; the only text that comes back is the right one.
    if (bytes.toString('base64') === json) return new Uint8Array(bytes)
  }
  return report.refuseValue(json, 'must be base64', 'bytes')
}

/** `null` → undefined. */
export const decodeVoid: Decoder = (json, report) =>
  json === null ? undefined : report.refuseValue(json, 'must be null', 'void')

/** A part of a multipart body, which stands in the arguments by now → File. JSON cannot make one. */
export const decodeFile: Decoder = (json, report) =>
  json instanceof File
    ? json
    : report.refuseValue(json, 'must be a file, sent as multipart/form-data', 'file')

/** Array of distinct items → Set. */
export function createSetDecoder(array: Decoder): Decoder {
  return (json, report, depth) => {
    const items = array(json, report, depth)
    // cast: an array decoder returns an array or `invalid`
    if (items === invalid) return invalid
    const values = items as readonly unknown[]
    const set = new Set(values)
    return set.size === values.length ? set : report.refuse('must not hold a value twice', 'set')
  }
}

/** Array of pairs with distinct keys → Map. */
export function createMapDecoder(array: Decoder): Decoder {
  return (json, report, depth) => {
    const pairs = array(json, report, depth)
    if (pairs === invalid) return invalid
    // cast: the array decoder was made for pairs
    const entries = pairs as readonly (readonly [unknown, unknown])[]
    const map = new Map(entries)
    return map.size === entries.length ? map : report.refuse('must not hold a key twice', 'map')
  }
}
