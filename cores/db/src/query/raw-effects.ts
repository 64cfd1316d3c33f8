/** What SQL text that somebody wrote by hand may do. */

import type { RawNode } from 'kysely'

const harmless =
  /^(asc|desc|default|distinct|and|or|not|as|on|is|null|true|false|nulls (first|last)|[^a-z])*$/i
const reading = /^\s*(select|values|show|explain|table)\b/i

/**
 * A fragment of punctuation and operators between bound nodes does nothing of its own. Of any other text nothing is known:
 * it may name tables, call functions, or depend on the clock.
 */
export function rawEffects(node: RawNode, isStatement: boolean): 'no' | 'read' | 'write' {
  if (node.sqlFragments.every((fragment) => harmless.test(fragment))) return 'no'
  if (!isStatement) return 'read'
  return reading.test(node.sqlFragments[0] ?? '') ? 'read' : 'write'
}
