/** The decoder of `allOf`: every part must hold. */

import { type Decoder, invalid } from './report.ts'
import { isJsonObject, setOwn } from './schema.ts'

/** One part of a conjunction. */
export interface Conjunct {
  readonly decode: Decoder
  /** It describes what the value is made of; one that only bounds it (`minItems`) must not bring back what others dropped. */
  readonly describes: boolean
}

/** Every part must hold; objects are the union of what each part declares. */
export function createAllDecoder(parts: readonly Conjunct[]): Decoder {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only.decode
  const described = parts.some((part) => part.describes)
  return (json, report, depth) => {
    let result: unknown = none
    let failed = false
    for (const { decode, describes } of parts) {
      const value = decode(json, report, depth)
      if (value === invalid) {
        failed = true
        if (report.full) return invalid
      } else if (describes || !described) result = result === none ? value : merge(result, value)
    }
    return failed ? invalid : result
  }
}

const none: unique symbol = Symbol('none')

function merge(left: unknown, right: unknown): unknown {
  if (Array.isArray(left) && Array.isArray(right))
    return left.map((item, index) => merge(item, right[index]))
  if (isPlain(left) && isPlain(right)) {
    const merged = { ...left }
    for (const [name, value] of Object.entries(right)) {
      setOwn(merged, name, Object.hasOwn(left, name) ? merge(left[name], value) : value)
    }
    return merged
  }
  // Of a converted value and its JSON (a Date and a string), the converted one.
  const isConverted = right === undefined || typeof right === 'bigint'
  return isConverted || (typeof right === 'object' && right !== null) ? right : left
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return isJsonObject(value) && Object.getPrototypeOf(value) === Object.prototype
}
