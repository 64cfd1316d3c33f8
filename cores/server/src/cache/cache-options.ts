/** What an app says of its cache. */

import { Buffer } from 'node:buffer'
import type { CacheStore } from './cache-store.ts'

/** How an app caches. */
export interface CacheOptions {
  /**
   * At least 32 bytes, the same on every process; names keys and seals entries. `undefined`, as an environment variable
   * that is not set, turns caching off with a warning at start.
   */
  readonly secret: string | undefined
  /** @default a {@link MemoryCache} of this process */
  readonly store?: CacheStore
  /**
   * Milliseconds that a lookup may take before the functions run without it, and that a function waits until what it
   * may change is written down. A purge is waited for at least a second.
   * @default 50
   */
  readonly patience?: number
}

const minimumSecretBytes = 32

/** Why an app that wants a cache goes without one; `undefined` when it can have it. */
export function whyOff({ secret, store }: CacheOptions): string | undefined {
  if (secret === undefined || secret === '') return 'cache.secret is missing'
  return store?.missing
}

/** @throws TypeError for a secret under 32 bytes. */
export function assertSecret(secret: string): void {
  const bytes = Buffer.byteLength(secret)
  if (bytes >= minimumSecretBytes) return
  throw new TypeError(
    `cache.secret must have at least ${minimumSecretBytes} bytes, got ${bytes}; make one with: openssl rand -base64 32`,
  )
}
