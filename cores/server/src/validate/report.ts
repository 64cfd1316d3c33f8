/** Where decoders put what is wrong: issues with dotted paths, up to a cap, and the one sign of failure. */

import type { ValidationIssue } from '@mizan/protocol'
import { isSecretName } from './secret-names.ts'

/** What a decoder returns instead of a value; the reasons are in the report. */
export const invalid: unique symbol = Symbol('invalid')

/** Turns JSON into a value, or says why not. `depth` counts the arrays and objects around `json`. */
export type Decoder = (json: unknown, report: Report, depth: number) => unknown

interface Entry {
  /** Innermost key first: each container adds its own on the way out, so that success pays nothing for paths. */
  readonly trail: string[]
  readonly message: string
  readonly expected: string
  /** The value is shown only when its path is known, and says that it may be. */
  readonly got: { readonly json: unknown } | undefined
}

/** Steps that all patterns together may cost, at worst; some hundred milliseconds. */
const patternBudget = 50_000_000

/** Collects the issues of one decoding. */
export class Report {
  readonly #limit: number
  readonly #entries: Entry[] = []
  #memory: Map<Decoder, Map<object, unknown>> | undefined
  #silent: Report | undefined
  /** Shared with the silent report. */
  readonly #budget: { left: number }

  constructor(limit: number, budget: { left: number } = { left: patternBudget }) {
    this.#limit = limit
    this.#budget = budget
  }

  /** Whether no further issue would be kept, so that going on is useless. */
  get full(): boolean {
    return this.#entries.length >= this.#limit
  }

  /** Position to hand to {@link within}. */
  get mark(): number {
    return this.#entries.length
  }

  /** A report that keeps nothing, for trying the members of a union. */
  get silent(): Report {
    if (this.#limit === 0) return this
    this.#silent ??= new Report(0, this.#budget)
    return this.#silent
  }

  /** Takes `cost` steps of pattern matching from what one request may cost; `false` when they are spent. */
  affords(cost: number): boolean {
    this.#budget.left -= cost
    return this.#budget.left >= 0
  }

  /** Records one issue at the current place; `message` holds nothing of the value. */
  refuse(message: string, expected: string): typeof invalid {
    if (!this.full) this.#entries.push({ trail: [], message, expected, got: undefined })
    return invalid
  }

  /** The same, and the message shows `json`, unless its name says that it is a secret. */
  refuseValue(json: unknown, message: string, expected: string): typeof invalid {
    if (!this.full) this.#entries.push({ trail: [], message, expected, got: { json } })
    return invalid
  }

  /** Puts the issues recorded since `mark` below `key`. */
  within(mark: number, key: string): void {
    for (let index = mark; index < this.#entries.length; index++)
      this.#entries[index]?.trail.push(key)
  }

  /**
   * What `decoder` made of `json`, worked out once. Without it, a recursive union whose members differ only late
   * costs two to the power of its depth.
   */
  once(decoder: Decoder, json: object, decode: () => unknown): unknown {
    this.#memory ??= new Map()
    let results = this.#memory.get(decoder)
    if (results === undefined) this.#memory.set(decoder, (results = new Map()))
    if (results.has(json)) return results.get(json)
    const result = decode()
    results.set(json, result)
    return result
  }

  /** The issues with their full paths. */
  toIssues(): ValidationIssue[] {
    return this.#entries.map(({ trail, message, expected, got }) => ({
      path: trail.toReversed().join('.'),
      message:
        got === undefined || trail.some(isSecretName) ? message : withValue(message, got.json),
      expected,
    }))
  }
}

/** The end of every message that shows a value. */
export function withValue(message: string, value: unknown): string {
  return `${message}, got ${showValue(value)}`
}

const shownLength = 40

/** An offending value, cut short for a message. */
export function showValue(value: unknown): string {
  if (typeof value === 'string') {
    return value.length > shownLength
      ? `${JSON.stringify(value.slice(0, shownLength)).slice(0, -1)}…"`
      : JSON.stringify(value)
  }
  if (Array.isArray(value))
    return value.length === 0 ? 'an empty array' : `an array of ${value.length}`
  if (value instanceof Date) return 'a Date'
  if (typeof value === 'object' && value !== null) return 'an object'
  if (typeof value === 'function') return 'a function'
  return String(value).slice(0, shownLength)
}
