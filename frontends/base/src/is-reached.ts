/** Which instances an invalidation target means (PROTOCOL section 5). */

import { canonicalJson, type Target } from '@mizan/protocol'

import type { InstanceAddress } from './address.ts'

/**
 * Whether each param of a target is equal to the instance's own, or absent there. Target params are JSON values or texts;
 * they are compared as texts, so `"a"` equals `a` also where a param may be null and its text has quotes.
 */
export function isReached({ texts }: InstanceAddress, params: Target['params']): boolean {
  return Object.entries(params ?? {}).every(
    ([name, value]) =>
      !Object.hasOwn(texts, name) || texts[name] === value || texts[name] === canonicalJson(value),
  )
}
