/** Decoders of null, booleans, numbers, strings, and of lists of allowed values. */

import { canonicalJson, type JsonSchema } from '@mizan/protocol'
import { formats } from './formats.ts'
import { type Decoder, showValue } from './report.ts'
import { sentenceOf, shortOf } from './words.ts'

export const decodeNull: Decoder = (json, report) =>
  json === null ? null : report.refuse(`must be null, got ${showValue(json)}`, 'null')

export const decodeBoolean: Decoder = (json, report) =>
  typeof json === 'boolean'
    ? json
    : report.refuse(`must be true or false, got ${showValue(json)}`, 'boolean')

/** A number of JSON: `1e999` parses to Infinity, and an integer that is not safe has already lost digits. */
export function createNumberDecoder(schema: JsonSchema): Decoder {
  const integer = schema.type === 'integer'
  const expected = integer ? 'integer' : 'number'
  const must = integer ? 'must be an integer' : 'must be a number'
  const checks = boundsOf(schema)
  return (json, report) => {
    if (
      typeof json !== 'number' ||
      !Number.isFinite(json) ||
      (integer && !Number.isInteger(json))
    ) {
      return report.refuse(`${must}, got ${showValue(json)}`, expected)
    }
    if (integer && !Number.isSafeInteger(json)) {
      return report.refuse(
        `must be an integer of at most 2^53 - 1, got ${showValue(json)}`,
        expected,
      )
    }
    for (const check of checks) {
      if (!check.test(json))
        return report.refuse(`must be ${check.words}, got ${showValue(json)}`, expected)
    }
    return json
  }
}

interface Bound {
  readonly words: string
  readonly test: (value: number) => boolean
}

function boundsOf(schema: JsonSchema): readonly Bound[] {
  const bounds: Bound[] = []
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema
  if (minimum !== undefined)
    bounds.push({ words: `at least ${minimum}`, test: (value) => value >= minimum })
  if (maximum !== undefined)
    bounds.push({ words: `at most ${maximum}`, test: (value) => value <= maximum })
  if (exclusiveMinimum !== undefined) {
    bounds.push({
      words: `more than ${exclusiveMinimum}`,
      test: (value) => value > exclusiveMinimum,
    })
  }
  if (exclusiveMaximum !== undefined) {
    bounds.push({
      words: `less than ${exclusiveMaximum}`,
      test: (value) => value < exclusiveMaximum,
    })
  }
  if (multipleOf !== undefined) {
    bounds.push({
      words: `a multiple of ${multipleOf}`,
      test: (value) => Number.isInteger(value / multipleOf),
    })
  }
  return bounds
}

/** A well-formed string; lengths count code points, as JSON Schema does. */
export function createStringDecoder(schema: JsonSchema): Decoder {
  const words = sentenceOf(schema)
  const expected = shortOf(schema)
  const format = schema.format === undefined ? undefined : formats.get(schema.format)
  const pattern = schema.pattern === undefined ? undefined : new RegExp(schema.pattern, 'u')
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema
  return (json, report) => {
    if (typeof json !== 'string')
      return report.refuse(`must be ${words}, got ${showValue(json)}`, expected)
    if (!json.isWellFormed()) return report.refuse('must not hold a lone surrogate', expected)
    if (minLength > 0 && lengthOf(json, minLength) < minLength) {
      return report.refuse(
        `must have at least ${count(minLength, 'character')}, got ${showValue(json)}`,
        expected,
      )
    }
    if (json.length > maxLength && lengthOf(json, maxLength * 2 + 1) > maxLength) {
      return report.refuse(
        `must have at most ${count(maxLength, 'character')}, got ${json.length}`,
        expected,
      )
    }
    if (format !== undefined && !format.test(json)) {
      return report.refuse(`must be ${words}, got ${showValue(json)}`, expected)
    }
    if (pattern !== undefined && !pattern.test(json)) {
      return report.refuse(`must match ${String(pattern)}, got ${showValue(json)}`, expected)
    }
    return json
  }
}

/** One of the values of `const` or `enum`; objects are compared by their canonical text. */
export function createListDecoder(schema: JsonSchema, values: readonly unknown[]): Decoder {
  const words = sentenceOf(schema)
  const expected = shortOf(schema)
  const scalars = new Set(values.filter((value) => typeof value !== 'object' || value === null))
  const texts = new Map(
    values
      .filter((value) => typeof value === 'object' && value !== null)
      .map((value) => [canonicalJson(value), value]),
  )
  return (json, report) => {
    if (scalars.has(json)) return json
    if (texts.size > 0 && typeof json === 'object' && json !== null) {
      const known = texts.get(textOf(json))
      // A copy, so that a function cannot change what the schema says.
      if (known !== undefined) return structuredClone(known)
    }
    return report.refuse(`must be ${words}, got ${showValue(json)}`, expected)
  }
}

function textOf(json: object): string {
  try {
    return canonicalJson(json)
  } catch {
    return ''
  }
}

/** Code points of `text`, counted no further than the first `enough` units. */
function lengthOf(text: string, enough: number): number {
  let length = 0
  for (let index = 0; index < text.length && length <= enough; index++, length++) {
    const unit = text.charCodeAt(index)
    if (unit >= 0xd800 && unit <= 0xdbff) index++
  }
  return length
}

/** `1 character`, `2 characters`. */
export function count(amount: number, thing: string): string {
  return `${amount} ${thing}${amount === 1 ? '' : 's'}`
}
