/** Regular expressions of schemas: compiled once, and never run on a text that could keep the process busy. */

import { growthOf } from './pattern-growth.ts'

/** Steps of the engine that one text may cost: about 50 ms. */
const maximumCost = 10_000_000

/** For a pattern that looks around or back, of which nothing is known. */
const unknownGrowth = 3

/** A compiled pattern. */
export interface Pattern {
  /** As it stands in messages: `/^a$/u`. */
  readonly shown: string
  /** Code units; longer texts are refused without a look. `Infinity` when time grows with the length only. */
  readonly maxLength: number
  /** Steps, at worst, for a text of `length`; 0 when they are as many as its characters. */
  costOf(length: number): number
  test(text: string): boolean
}

/**
 * Compiles `source` with the `u` flag, as JSON Schema asks: characters are code points, `\p{…}` is known.
 *
 * @throws TypeError when it is no regular expression of Unicode mode, and when a text can make it take exponential time.
 */
export function compilePattern(source: string): Pattern {
  const expression = toRegExp(source)
  const growth = growthOf(source) ?? unknownGrowth
  if (growth === Number.POSITIVE_INFINITY) {
    throw new TypeError(
      `pattern ${JSON.stringify(source)}: a loop in it reads one text in two ways, which can take exponential time; let each character have one place, as in ^a+(-a+)*$`,
    )
  }
  return {
    shown: String(expression),
    maxLength:
      growth === 1 ? Number.POSITIVE_INFINITY : Math.floor(maximumCost ** (1 / growth) + 1e-6),
    costOf: (length) => (growth === 1 ? 0 : length ** growth),
    test: (text) => expression.test(text),
  }
}

function toRegExp(source: string): RegExp {
  try {
    return new RegExp(source, 'u')
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new TypeError(`pattern ${JSON.stringify(source)}: ${reason}`, { cause })
  }
}
