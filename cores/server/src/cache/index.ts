/** The origin cache: contexts' answers, ended by changing the version of a tag. */

export { type CacheKeyOptions, deriveCacheKey } from './cache-key.ts'
export type { CacheStore } from './cache-store.ts'
export {
  type CacheAnswer,
  type CacheLogger,
  type CacheOutcome,
  type CacheRead,
  type CacheResult,
  type CacheVisit,
  ContextCache,
  type ContextCacheOptions,
} from './context-cache.ts'
export { MemoryCache, type MemoryCacheOptions } from './memory-cache.ts'
export { tagsOfInstance, tagsOfTargets } from './tags.ts'
