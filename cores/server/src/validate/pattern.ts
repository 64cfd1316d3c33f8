/** Regular expressions of schemas: compiled once, and never run on a text that could keep the process busy. */

import { isExponential } from './exponential-pattern.ts'

/**
 * Code units of a text that is matched against a pattern that may backtrack. A pattern with two quantifiers costs the
 * square of its text's length: about 20 ms here.
 */
export const maximumMatchedLength = 4096

/** A compiled pattern. */
export interface Pattern {
  /** As it stands in messages: `/^a$/u`. */
  readonly shown: string
  /** Longer texts are refused without a look. */
  readonly maxLength: number
  test(text: string): boolean
}

/**
 * Compiles `source` with the `u` flag, as JSON Schema asks: characters are code points, `\p{…}` is known.
 *
 * @throws TypeError when it is no regular expression of Unicode mode, and when a text can make it take exponential time.
 */
export function compilePattern(source: string): Pattern {
  const expression = toRegExp(source)
  if (isExponential(source)) {
    throw new TypeError(
      `pattern ${JSON.stringify(source)}: a loop in it reads one text in two ways, which can take exponential time; let each character have one place, as in ^a+(-a+)*$`,
    )
  }
  return {
    shown: String(expression),
    maxLength: isLinear(source) ? Number.POSITIVE_INFINITY : maximumMatchedLength,
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

/**
 * Whether it surely never goes back: it starts at the start, has no group and no alternative, and at most one of its
 * parts repeats. That is what the compiler makes of `data:${string}`, whose texts may be long.
 */
function isLinear(source: string): boolean {
  const bare = source.replace(/\\[^]|\[(?:\\[^]|[^\]\\])*\]/g, 'x')
  const repeats = bare.match(/[*+?{]/g)?.length ?? 0
  return bare.startsWith('^') && !/[(|]/.test(bare) && repeats <= 1
}
