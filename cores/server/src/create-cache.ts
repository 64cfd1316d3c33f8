/** The origin cache as an app asks for it. */

import { type CacheStore, ContextCache, MemoryCache } from './cache/index.ts'
import type { Logger } from './logger.ts'

/** Where answers are kept, and the secret that keys and seals them. */
export interface CacheOptions {
  /** At least 32 bytes, and none of the app's other secrets. */
  readonly secret: string
  /** @default the memory of this process */
  readonly store?: CacheStore
}

/** What the cache takes from its surroundings. */
export interface CacheEnvironment {
  readonly clock: () => number
  readonly logger: Logger
}

/** @throws TypeError for a secret under 32 bytes. */
export function createContextCache(options: CacheOptions, env: CacheEnvironment): ContextCache {
  return new ContextCache({
    secret: options.secret,
    store: options.store ?? new MemoryCache({ clock: env.clock }),
    clock: env.clock,
    logger: env.logger,
  })
}
