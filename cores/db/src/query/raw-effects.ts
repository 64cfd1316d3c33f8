/** What SQL text that somebody wrote by hand may do. */

import type { RawNode } from 'kysely'
import type { Analysis } from './analysis.ts'
import { functionEffects } from './function-effects.ts'

const harmless =
  /^(?:\b(?:asc|desc|default|distinct|and|or|not|as|on|is|null|true|false|nulls (?:first|last))\b|[^\p{L}_])*$/iu
const reading = /^\s*(select|values|show|explain|table)\b/i
const locking = /\bfor\s+(no\s+key\s+)?update\b/gi
const changing =
  /\b(insert|update|delete|merge|truncate|into|drop|alter|create|call|copy|grant|revoke|refresh)\b/i
const called = /([\p{L}_][\p{L}\p{N}_$]*)["`\]]?\s*\(/giu

/**
 * A fragment of punctuation and operators between bound nodes does nothing of its own. Of any other text it is known at
 * most that it only reads: SQL is not parsed, so a text that merely mentions a change counts as one.
 */
export function rawEffects(node: RawNode, isStatement: boolean): Analysis['opaque'] {
  if (node.sqlFragments.every((fragment) => harmless.test(fragment))) return 'no'
  const text = node.sqlFragments.join(' ? ').replaceAll(locking, ' ')
  if (isStatement && !reading.test(text)) return 'write'
  if (changing.test(text)) return 'write'
  for (const [, name = ''] of text.matchAll(called))
    if (!isSyntax(name) && functionEffects(name) === 'write') return 'write'
  return 'read'
}

const syntax: ReadonlySet<string> = new Set(
  (
    'select from where and or not in any some all exists as on using over filter within by values union intersect ' +
    'except case when then else is like ilike between limit offset having join lateral array row distinct with ' +
    'materialized partition order group returning interval char varchar numeric decimal timestamp time bit float escape'
  ).split(' '),
)

function isSyntax(name: string): boolean {
  return syntax.has(name.toLowerCase())
}
