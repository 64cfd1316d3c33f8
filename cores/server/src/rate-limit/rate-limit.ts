/** A plugin that bounds how many requests one caller may make. */

import { MizanError } from '@mizan/protocol'
import type { Principal } from '../identity/index.ts'
import { definePlugin, type Plugin, type RequestScope } from '../plugin.ts'
import { MemoryRateLimitStore, type Quota, type RateLimitStore } from './rate-limit-store.ts'

/** How much a caller may ask. */
export interface RateLimitOptions extends Quota {
  /** Of the policy in headers, and of the plugin: two limits have two names. @default 'default' */
  readonly name?: string
  /** Who counts as one caller; `undefined` is not limited. @default the principal, or the address */
  readonly by?: (scope: RequestScope) => string | undefined
  /** Which requests count. @default all */
  readonly only?: (scope: RequestScope) => boolean
  /** @default counts of this process */
  readonly store?: RateLimitStore
}

/**
 * Each answer says what is left (`RateLimit`, `RateLimit-Policy`); who has nothing left gets `RATE_LIMITED` with
 * `Retry-After`, before a body is read. A store that is out of reach limits nobody.
 *
 * @throws TypeError for a limit or window that is no positive number
 * @see draft-ietf-httpapi-ratelimit-headers
 */
export function rateLimit(options: RateLimitOptions): Plugin {
  const { limit, window, name = 'default', by = callerOf, only = () => true } = options
  if (!(limit >= 1 && window > 0) || !Number.isFinite(limit * window))
    throw new TypeError(
      `rateLimit: limit and window are positive numbers, got ${limit} and ${window}`,
    )
  if (!/^[A-Za-z][\w.-]*$/.test(name))
    throw new TypeError(
      `rateLimit: name is of letters, digits, dots and hyphens, got "${name.slice(0, 40)}"`,
    )
  const store: RateLimitStore = options.store ?? new MemoryRateLimitStore()
  return definePlugin({
    name: `rate-limit ${name}`,
    async stop() {
      await store.close?.()
    },
    async aroundRequest(scope, next) {
      const caller = only(scope) ? by(scope) : undefined
      if (caller === undefined) return next(scope)
      const taken = await takenFrom(store, `${name}:${caller}`, { limit, window })
      if (taken === undefined) return next(scope)
      const headers = [
        ['ratelimit-policy', `"${name}";q=${limit};w=${Math.ceil(window)}`],
        ['ratelimit', `"${name}";r=${taken.remaining};t=${taken.reset}`],
      ] as const
      if (!taken.allowed) {
        scope.addHeaders(headers)
        throw new MizanError('RATE_LIMITED', 'too many requests', {
          details: { retryAfter: Math.max(1, taken.reset) },
        })
      }
      scope.addHeaders(headers)
      return next(scope)
    },
  })
}

async function takenFrom(
  store: RateLimitStore,
  key: string,
  quota: Quota,
): Promise<Awaited<ReturnType<RateLimitStore['take']>> | undefined> {
  try {
    return await store.take(key, quota)
  } catch {
    return undefined
  }
}

/** The principal wherever they are; else the address, of IPv6 the network that one subscriber has. */
function callerOf({ principal, request }: RequestScope): string | undefined {
  if (principal !== undefined) return `user ${principalName(principal)}`
  const { address } = request
  if (address === undefined) return undefined
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  return `address ${plain.includes(':') ? networkOf(plain) : plain}`
}

function principalName({ id, tenant }: Principal): string {
  return JSON.stringify(tenant === undefined ? [id] : [id, tenant])
}

/** The first 64 bits. */
function networkOf(address: string): string {
  const [head = '', tail] = address.split('::')
  const first = head === '' ? [] : head.split(':')
  const last = tail === undefined || tail === '' ? [] : tail.split(':')
  const gap = Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0')
  return [...first, ...(tail === undefined ? [] : gap), ...last]
    .slice(0, 4)
    .map((part) => part.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':')
}
