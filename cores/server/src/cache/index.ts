/** The origin cache: contexts' answers, ended by changing the version of a tag. */

export { type CacheKeyOptions, deriveCacheKey } from './cache-key.ts'
export { assertSecret, type CacheOptions, whyOff } from './cache-options.ts'
export type { CacheStore } from './cache-store.ts'
export type { CacheRead, CacheResult, Visibility } from './cache-read.ts'
export {
  type CacheAnswer,
  type CacheEnvironment,
  type CacheLogger,
  type CacheOutcome,
  type CacheVisit,
  ContextCache,
  type ContextCacheOptions,
  createContextCache,
} from './context-cache.ts'
export type { CacheStats } from './counters.ts'
export { MemoryCache, type MemoryCacheOptions } from './memory-cache.ts'
export type { IntentList, LeftOptions, OwedPurge, PurgeOutbox } from './purge-outbox.ts'
export { tagsOfInstance, tagsOfTargets, widenPurge } from './tags.ts'
export { withinTime } from './within-time.ts'
