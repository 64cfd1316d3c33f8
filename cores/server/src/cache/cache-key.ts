/** Keys of cached contexts: an HMAC, so that nobody can name the entry of another user (PROTOCOL section 6). */

import { type CacheIdentity, cacheMessage } from '@mizan/protocol'
import { createMac, type Mac } from './mac.ts'

/** What makes two reads the same entry, and the secret that names it. */
export interface CacheKeyOptions extends CacheIdentity {
  readonly secret: string
}

/**
 * `ctx:{context}:{hex}`. With `user` (an id, or `null` for anonymous callers) it is a private key, without a public one.
 *
 * @throws MizanError `VALIDATION_FAILED` for a param with a lone surrogate
 */
export function deriveCacheKey(options: CacheKeyOptions): string {
  const { secret, ...identity } = options
  return cacheKeyOf(createMac(secret), identity)
}

/** The same, with the secret prepared. */
export function cacheKeyOf(mac: Mac, identity: CacheIdentity): string {
  return `ctx:${identity.context}:${mac(cacheMessage(identity), 'hex')}`
}
