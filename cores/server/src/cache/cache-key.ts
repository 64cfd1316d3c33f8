/** Keys of cached contexts: an HMAC, so that nobody can name the entry of another user (PROTOCOL section 6). */

import { createHmac } from 'node:crypto'
import { type CacheIdentity, cacheMessage } from '@mizan/protocol'

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
  return `ctx:${identity.context}:${createHmac('sha256', secret).update(cacheMessage(identity)).digest('hex')}`
}
