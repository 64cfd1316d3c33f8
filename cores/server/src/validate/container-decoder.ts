/** Decoders of arrays, tuples, objects and records, and of JSON about which nothing is declared. */

import type { JsonSchema } from '@mizan/protocol'
import { type Decoder, invalid, type Report, showValue } from './report.ts'
import { count } from './scalar-decoder.ts'
import { isJsonObject, setOwn } from './schema.ts'

/** Arrays and objects may be nested this deep; far above any declared type, far below the stack. */
export const maximumDepth = 100

const tooDeep = `must not be nested more than ${maximumDepth} deep`

/** What the array decoder needs of a schema; decoders of parts are made by the caller. */
export interface ArrayShape {
  readonly prefix: readonly Decoder[]
  /** `undefined` allows no items after the prefix. */
  readonly rest: Decoder | undefined
  readonly minItems: number
  readonly maxItems: number
}

export function createArrayDecoder(shape: ArrayShape): Decoder {
  const { prefix, rest } = shape
  const maxItems = rest === undefined ? Math.min(shape.maxItems, prefix.length) : shape.maxItems
  return (json, report, depth) => {
    if (!Array.isArray(json))
      return report.refuse(`must be an array, got ${showValue(json)}`, 'array')
    if (depth >= maximumDepth) return report.refuse(tooDeep, 'array')
    if (json.length < shape.minItems) {
      return report.refuse(
        `must have at least ${count(shape.minItems, 'item')}, got ${json.length}`,
        'array',
      )
    }
    if (json.length > maxItems) {
      return report.refuse(
        `must have at most ${count(maxItems, 'item')}, got ${json.length}`,
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
    return failed ? invalid : values
  }
}

/** One declared property. */
export interface PropertyShape {
  readonly name: string
  readonly decode: Decoder
  readonly required: boolean
  /** For the message when it is missing. */
  readonly expected: string
}

/** What the object decoder needs of a schema. */
export interface ObjectShape {
  readonly properties: readonly PropertyShape[]
  /** Decodes what is not declared; `undefined` drops it. */
  readonly rest: Decoder | undefined
}

export function createObjectDecoder(shape: ObjectShape): Decoder {
  const { properties, rest } = shape
  const declared = new Set(properties.map((property) => property.name))
  return (json, report, depth) => {
    if (!isJsonObject(json))
      return report.refuse(`must be an object, got ${showValue(json)}`, 'object')
    if (depth >= maximumDepth) return report.refuse(tooDeep, 'object')
    const result: Record<string, unknown> = {}
    let failed = false
    for (const { name, decode, required, expected } of properties) {
      const mark = report.mark
      // An own property: a missing `constructor` must not be read from Object.prototype.
      const present = Object.hasOwn(json, name)
      if (!present && !required) continue
      const value = present
        ? decode(json[name], report, depth + 1)
        : report.refuse('is required', expected)
      if (value === invalid) {
        report.within(mark, name)
        failed = true
        if (report.full) return invalid
      } else setOwn(result, name, value)
    }
    if (rest === undefined) return failed ? invalid : result
    for (const name of Object.keys(json)) {
      if (declared.has(name)) continue
      const mark = report.mark
      const value = decodeNamed(name, rest, json[name], report, depth + 1)
      if (value === invalid) {
        report.within(mark, name.toWellFormed())
        failed = true
        if (report.full) return invalid
      } else setOwn(result, name, value)
    }
    return failed ? invalid : result
  }
}

/** JSON of an undeclared shape: kept as it is, but bounded in depth, well-formed, and without `__proto__`. */
export const decodeAny: Decoder = (json, report, depth) => {
  if (typeof json === 'string') {
    return json.isWellFormed() ? json : report.refuse('must not hold a lone surrogate', 'json')
  }
  if (Array.isArray(json)) return anyArray(json, report, depth)
  if (typeof json === 'object' && json !== null) return anyObject(json, report, depth)
  if (typeof json === 'boolean' || json === null || Number.isFinite(json)) return json
  return report.refuse(`must be a JSON value, got ${showValue(json)}`, 'json')
}

const anyArray = createArrayDecoder({
  prefix: [],
  rest: (json, report, depth) => decodeAny(json, report, depth),
  minItems: 0,
  maxItems: Number.POSITIVE_INFINITY,
})

const anyObject = createObjectDecoder({
  properties: [],
  rest: (json, report, depth) => decodeAny(json, report, depth),
})

/** A value under a name that the client chose. */
function decodeNamed(
  name: string,
  decode: Decoder,
  json: unknown,
  report: Report,
  depth: number,
): unknown {
  // A record that kept this name would hand it to the first careless merge in the application.
  if (name === '__proto__') return report.refuse('is not allowed as a name', 'another name')
  if (!name.isWellFormed())
    return report.refuse('must not have a lone surrogate in its name', 'another name')
  return decode(json, report, depth)
}

/** Bounds of an array schema. */
export function itemBounds(schema: JsonSchema): Pick<ArrayShape, 'minItems' | 'maxItems'> {
  return { minItems: schema.minItems ?? 0, maxItems: schema.maxItems ?? Number.POSITIVE_INFINITY }
}
