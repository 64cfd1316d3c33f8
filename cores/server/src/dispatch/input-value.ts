/** What a Standard Schema is given: JSON, but dates, bigints and their like as the values that its types speak of. */

import type { Codec } from '../validate/index.ts'

/** Converts one argument. What its codec refuses, and what has no other form, passes as it is: the schema judges it. */
export function toInputValue(codec: Codec | undefined, json: unknown): unknown {
  const decoded = codec?.decode(json)
  // Decoding also drops what is not declared; where nothing is converted, the schema sees all that was sent.
  return decoded?.ok === true && holdsConverted(decoded.value) ? decoded.value : json
}

function holdsConverted(value: unknown): boolean {
  if (typeof value === 'bigint') return true
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some(holdsConverted)
  const isPlain = Object.getPrototypeOf(value) === Object.prototype
  return !isPlain || Object.values(value).some(holdsConverted)
}
