/** Encoders of the values that JSON carries in another form (PROTOCOL section 3), and their outermost shapes. */

import { Buffer, File } from 'node:buffer'
import { type Encoder, Misfit } from './misfit.ts'
import { isWireDate } from './rfc3339.ts'

/** Whether a TypeScript value is of the kind, by its outermost shape. */
export const kindShapes: Readonly<Record<string, (value: unknown) => boolean>> = {
  date: (value) => value instanceof Date,
  bigint: (value) => typeof value === 'bigint',
  bytes: (value) => value instanceof Uint8Array,
  map: (value) => value instanceof Map,
  set: (value) => value instanceof Set,
  void: (value) => value === undefined,
  file: (value) => value instanceof File,
}

/** Whether an object is of one of the kinds, so that it is no plain object. */
export function isKind(value: object): boolean {
  return (
    value instanceof Date ||
    value instanceof Uint8Array ||
    value instanceof Map ||
    value instanceof Set ||
    value instanceof File
  )
}

export const encodeNumber: Encoder = (value) => {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw new Misfit('must be a finite number', value)
}

export const encodeDate: Encoder = (value) => {
  if (value instanceof Date && isWireDate(value)) return value.toISOString()
  throw new Misfit('must be a Date of the years 0 to 9999', value)
}

export const encodeBigint: Encoder = (value) => {
  if (typeof value === 'bigint') return value.toString()
  throw new Misfit('must be a bigint', value)
}

export const encodeBytes: Encoder = (value) => {
  if (value instanceof Uint8Array) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
  }
  throw new Misfit('must be a Uint8Array', value)
}

export function encodeSet(items: Encoder): Encoder {
  return (value) => {
    if (!(value instanceof Set)) throw new Misfit('must be a Set', value)
    return items([...value])
  }
}

export function encodeMap(pairs: Encoder): Encoder {
  return (value) => {
    if (!(value instanceof Map)) throw new Misfit('must be a Map', value)
    return pairs([...value])
  }
}

/** A file has no JSON: it passes as it is, on its way from one part of the server to another. */
export const encodeFile: Encoder = (value) => {
  if (value instanceof File) return value
  throw new Misfit('must be a File', value)
}
