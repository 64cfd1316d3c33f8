/** Puts together what keeps answers and what ends them. */

import type { Artifact } from '@mizan/protocol'
import {
  type CacheEnvironment,
  type CacheOptions,
  type ContextCache,
  createContextCache,
  whyOff,
} from '../cache/index.ts'
import { createTagDigests, type TagDigests } from '../dispatch/tag-digests.ts'
import { everyContext } from '../dispatch/targets.ts'
import type { Logger } from '../logger.ts'
import type { Plugin } from '../plugin.ts'
import { Invalidations } from './invalidations.ts'
import { createPublicTags, type PublicTags } from './public-tags.ts'
import type { Purger } from './purger.ts'
import type { Stale } from './stale-set.ts'

/** What an app says of it. */
export interface CachingOptions {
  readonly cache?: CacheOptions | undefined
  readonly purgers?: readonly Purger[] | undefined
  readonly plugins: readonly Plugin[]
}

/** What caching takes from its surroundings. */
export interface CachingEnvironment extends CacheEnvironment {
  readonly artifact: Artifact
  /** Told of purges that another process left and this one has carried out. */
  readonly onSwept?: (stale: Stale) => void
  readonly logger: Logger
}

/** The parts, and their life. */
export interface Caching {
  readonly cache: ContextCache | undefined
  /** Absent without a cache: nobody outside could be told of data tags. */
  readonly tagDigests: TagDigests | undefined
  readonly invalidations: Invalidations
  readonly publicTags: PublicTags
  start(): void
  /** Before the plugins stop, whose outboxes are swept. */
  stopSweeping(): Promise<void>
  close(): Promise<void>
}

/** @throws TypeError for a secret under 32 bytes, and for two purgers of one name */
export function createCaching(options: CachingOptions, env: CachingEnvironment): Caching {
  const { logger } = env
  const brought = options.plugins.flatMap((plugin) => plugin.purgers ?? [])
  const purgers = [...(options.purgers ?? []), ...brought]
  assertNamesDiffer(purgers)
  const cache = createContextCache(options.cache, env)
  const secret = cache === undefined ? undefined : options.cache?.secret
  const tagDigests = secret === undefined ? undefined : createTagDigests(secret)
  // Groups of contexts say no more than `X-Mizan-Invalidate` does: they need no secret of their own.
  const digests = tagDigests ?? createTagDigests('without a cache nobody is told of data tags')
  const invalidations = new Invalidations({
    cache,
    intents: cache === undefined ? undefined : options.cache?.store?.intents,
    patience: options.cache?.patience,
    outboxes: options.plugins.flatMap(({ outbox }) => outbox ?? []),
    purgers,
    digests,
    everything: everyContext(env.artifact),
    onSwept: env.onSwept,
    logger,
  })
  return {
    cache,
    tagDigests,
    invalidations,
    publicTags: createPublicTags({ digests, purgers: tagDigests === undefined ? [] : purgers }),
    start() {
      const reason = options.cache === undefined ? undefined : whyOff(options.cache)
      if (reason !== undefined) logger.warn({ reason }, 'nothing is cached at the origin')
      invalidations.start()
    },
    stopSweeping: () => invalidations.stopSweeping(),
    async close() {
      await invalidations.close()
      await cache?.close()
    },
  }
}

function assertNamesDiffer(purgers: readonly Purger[]): void {
  const names = new Set<string>()
  for (const { name } of purgers) {
    if (names.has(name)) throw new TypeError(`createApp: two purgers are named "${name}"`)
    names.add(name)
  }
}
