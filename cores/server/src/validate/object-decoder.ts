/** Decoders of objects and records. */

import type { JsonSchema } from '@mizan/protocol'
import { type Conjunct, createAllDecoder } from './all-decoder.ts'
import type { Pattern } from './pattern.ts'
import { type Decoder, invalid, type Report } from './report.ts'
import { count, tooCostly } from './scalar-decoder.ts'
import { isJsonObject, setOwn } from './schema.ts'

/** Arrays and objects may be nested this deep; far above any declared type, far below the stack. */
export const maximumDepth = 100

export const tooDeep: string = `must not be nested more than ${maximumDepth} deep`

/** One declared property. */
export interface PropertyShape {
  readonly name: string
  readonly decode: Decoder
  readonly required: boolean
  /** For the message when it is missing. */
  readonly expected: string
}

/** Properties by the pattern of their name. */
export interface PatternShape extends Conjunct {
  readonly pattern: Pattern
}

/** What the object decoder needs of a schema. */
export interface ObjectShape {
  readonly properties: readonly PropertyShape[]
  /** For names that are not in `properties`; all that match must accept. */
  readonly patterns: readonly PatternShape[]
  /** Decodes what is not declared; `undefined` drops it. */
  readonly rest: Decoder | undefined
  readonly minProperties: number
  readonly maxProperties: number
}

export function createObjectDecoder(shape: ObjectShape): Decoder {
  const { properties, minProperties, maxProperties } = shape
  const counts = minProperties > 0 || maxProperties < Number.POSITIVE_INFINITY
  const decodeOthers = createOthersDecoder(shape)
  return (json, report, depth) => {
    if (!isJsonObject(json)) return report.refuseValue(json, 'must be an object', 'object')
    if (depth >= maximumDepth) return report.refuse(tooDeep, 'object')
    if (counts) {
      const size = Object.keys(json).length
      if (size < minProperties || size > maxProperties) {
        const must =
          size < minProperties
            ? `must have at least ${count(minProperties, 'property')}`
            : `must have at most ${count(maxProperties, 'property')}`
        return report.refuseValue(size, must, 'object')
      }
    }
    const result: Record<string, unknown> = {}
    let failed = false
    for (const { name, decode, required, expected } of properties) {
      // An own property: a missing `constructor` must not be read from Object.prototype.
      const present = Object.hasOwn(json, name)
      if (!present && !required) continue
      const mark = report.mark
      const value = present
        ? decode(json[name], report, depth + 1)
        : report.refuse('is required', expected)
      if (value === invalid) {
        report.within(mark, name)
        failed = true
        if (report.full) return invalid
      } else setOwn(result, name, value)
    }
    if (decodeOthers !== undefined && !decodeOthers(json, result, { report, depth })) return invalid
    return failed ? invalid : result
  }
}

interface Place {
  readonly report: Report
  readonly depth: number
}

/** Puts what is not declared by name into `result`; `false` when something of it is wrong. */
type OthersDecoder = (
  json: Readonly<Record<string, unknown>>,
  result: Record<string, unknown>,
  place: Place,
) => boolean

function createOthersDecoder({
  properties,
  patterns,
  rest,
}: ObjectShape): OthersDecoder | undefined {
  if (rest === undefined && patterns.length === 0) return undefined
  const declared = new Set(properties.map((property) => property.name))
  const longest = Math.min(...patterns.map(({ pattern }) => pattern.maxLength))
  const decoderOf = (name: string, report: Report): Decoder | undefined => {
    if (name.length > longest)
      return () =>
        report.refuse(`must have a name of at most ${count(longest, 'character')}`, 'another name')
    const cost = patterns.reduce((sum, { pattern }) => sum + pattern.costOf(name.length), 0)
    if (!report.affords(cost)) return () => report.refuse(tooCostly, 'another name')
    const matching = patterns.filter(({ pattern }) => pattern.test(name))
    return matching.length === 0 ? rest : createAllDecoder(matching)
  }
  return (json, result, { report, depth }) => {
    let failed = false
    for (const name of Object.keys(json)) {
      if (declared.has(name)) continue
      const mark = report.mark
      const decode = decoderOf(name, report)
      if (decode === undefined) continue
      const value = decodeNamed(name, decode, json[name], report, depth + 1)
      if (value === invalid) {
        report.within(mark, name.toWellFormed())
        failed = true
        if (report.full) return false
      } else setOwn(result, name, value)
    }
    return !failed
  }
}

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

/** Bounds of an object schema. */
export function propertyBounds(
  schema: JsonSchema,
): Pick<ObjectShape, 'minProperties' | 'maxProperties'> {
  return {
    minProperties: schema.minProperties ?? 0,
    maxProperties: schema.maxProperties ?? Number.POSITIVE_INFINITY,
  }
}
