/** Decoders of null, booleans, numbers, strings, and of lists of allowed values. */

import { canonicalJson, type JsonSchema } from '@mizan/protocol'
import { isMultipleOf } from './exact-multiple.ts'
import { formats } from './formats.ts'
import { compilePattern } from './pattern.ts'
import type { Decoder } from './report.ts'
import { sentenceOf, shortOf } from './words.ts'

export const decodeNull: Decoder = (json, report) =>
  json === null ? null : report.refuseValue(json, 'must be null', 'null')

export const decodeBoolean: Decoder = (json, report) =>
  typeof json === 'boolean' ? json : report.refuseValue(json, 'must be true or false', 'boolean')

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
      return report.refuseValue(json, must, expected)
    }
    if (integer && !Number.isSafeInteger(json)) {
      return report.refuseValue(json, 'must be an integer of at most 2^53 - 1', expected)
    }
    for (const check of checks) {
      if (!check.test(json)) return report.refuseValue(json, `must be ${check.words}`, expected)
    }
    return json
  }
}

interface Check<T> {
  /** What must be, for the message. */
  readonly words: string
  readonly test: (value: T) => boolean
  /** What the message shows. @default the value */
  readonly shown?: (value: T) => unknown
}

function boundsOf(schema: JsonSchema): readonly Check<number>[] {
  const bounds: Check<number>[] = []
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
      test: (value) => isMultipleOf(value, multipleOf),
    })
  }
  return bounds
}

/** A well-formed string; lengths count code points, as JSON Schema does. */
export function createStringDecoder(schema: JsonSchema): Decoder {
  const must = `must be ${sentenceOf(schema)}`
  const expected = shortOf(schema)
  const checks = textChecks(schema, must)
  const pattern = schema.pattern === undefined ? undefined : compilePattern(schema.pattern)
  return (json, report) => {
    if (typeof json !== 'string') return report.refuseValue(json, must, expected)
    if (!json.isWellFormed()) return report.refuse('must not hold a lone surrogate', expected)
    for (const { test, words, shown } of checks) {
      if (!test(json))
        return report.refuseValue(shown === undefined ? json : shown(json), words, expected)
    }
    if (pattern === undefined) return json
    if (json.length > pattern.maxLength) {
      const most = count(pattern.maxLength, 'character')
      const must = `must have at most ${most} to be compared with a pattern`
      return report.refuseValue(json.length, must, expected)
    }
    if (!report.affords(pattern.costOf(json.length))) return report.refuse(tooCostly, expected)
    if (!pattern.test(json))
      return report.refuseValue(json, `must match ${pattern.shown}`, expected)
    return json
  }
}

function textChecks(schema: JsonSchema, must: string): readonly Check<string>[] {
  const checks: Check<string>[] = []
  const { minLength = 0, maxLength } = schema
  const format = schema.format === undefined ? undefined : formats.get(schema.format)
  if (minLength > 0) {
    checks.push({
      words: `must have at least ${count(minLength, 'character')}`,
      test: (text) => lengthOf(text, minLength) >= minLength,
    })
  }
  if (maxLength !== undefined) {
    checks.push({
      words: `must have at most ${count(maxLength, 'character')}`,
      test: (text) => text.length <= maxLength || lengthOf(text, maxLength) <= maxLength,
      shown: unitsOf,
    })
  }
  if (format !== undefined) checks.push({ words: must, test: format.test })
  return checks
}

/** What is said when the patterns of one request have cost enough. */
export const tooCostly = 'is too much, with all the rest, to be compared with a pattern'

/** One of the values of `const` or `enum`; arrays and objects are compared by their canonical text. */
export function createListDecoder(schema: JsonSchema, values: readonly unknown[]): Decoder {
  const must = `must be ${sentenceOf(schema)}`
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
    return report.refuseValue(json, must, expected)
  }
}

/** Canonical text; `''` for what has none, as a lone surrogate in a property that nothing declares. */
export function textOf(json: object): string {
  try {
    return canonicalJson(json)
  } catch {
    return ''
  }
}

const unitsOf = (text: string): number => text.length

/** Code points of `text`, counted until there are more than `enough`. */
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
