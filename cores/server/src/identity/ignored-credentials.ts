/** Functions that issue tokens do not look at the tokens that come with the request (PROTOCOL section 7). */

import { headerNames } from '@mizan/protocol'
import type { Fn } from '../client-options.ts'

const ignored = new WeakMap<Fn, readonly string[]>()

/**
 * Makes `fn` one that ignores who its caller claims to be: an expired token is no reason to refuse one who came to get
 * another. Inside, the caller is anonymous. Mark the result with `client`.
 */
export function withoutCredentials<F extends Fn>(fn: F): F {
  ignored.set(fn, [headerNames.token, 'authorization', 'cookie'])
  return fn
}

/** The same for `X-Mizan-Token` only: whoever gets an MWT is known by something else. */
export function withoutReadToken<F extends Fn>(fn: F): F {
  ignored.set(fn, [headerNames.token])
  return fn
}

/** Headers that are not looked at for this function. */
export function ignoredHeaders(fn: Fn): readonly string[] | undefined {
  return ignored.get(fn)
}
