/** Which instances an invalidation target means (PROTOCOL section 5). */

import { canonicalJson, type Target } from '@mizan/protocol'

import type { InstanceAddress } from './address.ts'

/**
 * Whether a target names the context, and each of its params is equal to the instance's own or absent there. Target params are JSON values or texts;
 * they are compared as texts, so `"a"` equals `a` also where a param may be null and its text has quotes.
 */
export function isReached(
  { context, texts }: InstanceAddress,
  { context: name, params = {} }: Pick<Target, 'context' | 'params'>,
): boolean {
  return (
    context === name &&
    Object.entries(params).every(
      ([key, value]) =>
        !Object.hasOwn(texts, key) || texts[key] === value || texts[key] === canonicalJson(value),
    )
  )
}
