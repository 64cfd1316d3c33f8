/** Decoders of arrays and tuples, and of JSON about which nothing is declared. */

import { File } from 'node:buffer'
import type { JsonSchema } from '@mizan/protocol'
import { createObjectDecoder, maximumDepth, tooDeep } from './object-decoder.ts'
import { type Decoder, invalid } from './report.ts'
import { count, textOf } from './scalar-decoder.ts'

/** What the array decoder needs of a schema; decoders of parts are made by the caller. */
export interface ArrayShape {
  readonly prefix: readonly Decoder[]
  /** `undefined` allows no items after the prefix. */
  readonly rest: Decoder | undefined
  readonly minItems: number
  readonly maxItems: number
  readonly unique: boolean
}

export function createArrayDecoder(shape: ArrayShape): Decoder {
  const { prefix, rest } = shape
  const maxItems = rest === undefined ? Math.min(shape.maxItems, prefix.length) : shape.maxItems
  return (json, report, depth) => {
    if (!Array.isArray(json)) return report.refuseValue(json, 'must be an array', 'array')
    if (depth >= maximumDepth) return report.refuse(tooDeep, 'array')
    if (json.length < shape.minItems) {
      const must = `must have at least ${count(shape.minItems, 'item')}`
      return report.refuseValue(json.length, must, 'array')
    }
    if (json.length > maxItems) {
      return report.refuseValue(
        json.length,
        `must have at most ${count(maxItems, 'item')}`,
        'array',
      )
    }
    const values: unknown[] = []
    let failed = false
    for (let index = 0; index < json.length; index++) {
      const decode = prefix[index] ?? rest
      if (decode === undefined) continue
      const mark = report.mark
      const value = decode(json[index], report, depth + 1)
      if (value === invalid) {
        report.within(mark, String(index))
        failed = true
        if (report.full) return invalid
      }
      values.push(value)
    }
    if (failed) return invalid
    if (shape.unique && !areUnique(json))
      return report.refuse('must not hold a value twice', 'array')
    return values
  }
}

/** Whether no two items are the same JSON: `1` and `1.0` are, `1`, `"1"` and `true` are not, keys have no order. */
function areUnique(items: readonly unknown[]): boolean {
  const seen = new Set<unknown>()
  for (const item of items) {
    seen.add(typeof item === 'object' && item !== null ? `json ${textOf(item)}` : keyOf(item))
  }
  return seen.size === items.length
}

/** Apart from the texts of arrays and objects. */
function keyOf(item: unknown): unknown {
  return typeof item === 'string' ? `text ${item}` : item
}

/** JSON of an undeclared shape: kept as it is, but bounded in depth, well-formed, and without `__proto__`. */
export const decodeAny: Decoder = (json, report, depth) => {
  if (typeof json === 'string') {
    return json.isWellFormed() ? json : report.refuse('must not hold a lone surrogate', 'json')
  }
  if (Array.isArray(json)) return anyArray(json, report, depth)
  if (typeof json === 'object' && json !== null)
    return json instanceof File ? json : anyObject(json, report, depth)
  if (typeof json === 'boolean' || json === null || Number.isFinite(json)) return json
  return report.refuseValue(json, 'must be a JSON value', 'json')
}

const anyArray = createArrayDecoder({
  prefix: [],
  rest: (json, report, depth) => decodeAny(json, report, depth),
  minItems: 0,
  maxItems: Number.POSITIVE_INFINITY,
  unique: false,
})

const anyObject = createObjectDecoder({
  properties: [],
  patterns: [],
  minProperties: 0,
  maxProperties: Number.POSITIVE_INFINITY,
  rest: (json, report, depth) => decodeAny(json, report, depth),
})

/** Bounds of an array schema. */
export function itemBounds(
  schema: JsonSchema,
): Pick<ArrayShape, 'minItems' | 'maxItems' | 'unique'> {
  return {
    minItems: schema.minItems ?? 0,
    maxItems: schema.maxItems ?? Number.POSITIVE_INFINITY,
    unique: schema.uniqueItems === true,
  }
}
