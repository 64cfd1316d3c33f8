/** Regular expressions of `@pattern`. */

import { isExponential } from './backtracking.ts'
import type { Parsed } from './tag-rules.ts'

/** Reads `^[a-z]+$`, as it stands between the slashes of a literal; a literal is read too. */
export function parsePattern(text: string): Parsed {
  const literal = /^\/(.*)\/([a-z]*)$/s.exec(text)
  const source = literal?.[1] ?? text
  const flags = literal?.[2] ?? ''
  if (source === '') return { problem: 'needs a regular expression' }
  if (flags !== '' && flags !== 'u')
    return { problem: `has the flags ${flags}, which a schema cannot carry; write them out` }
  try {
    // The server compiles it with this flag too.
    new RegExp(source, 'u')
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*: /, '') : ''
    return { problem: `is not a regular expression: ${reason}` }
  }
  return isExponential(source)
    ? {
        problem:
          'can match one text in so many ways that a short one takes years; let each repetition begin with a character that the one before it cannot end with',
      }
    : { value: source }
}
