/** The origin cache: contexts' answers, ended by changing the version of a tag. */

export { type CacheKeyOptions, deriveCacheKey } from './cache-key.ts'
export type { CacheStore } from './cache-store.ts'
export type { CacheRead, CacheResult, Visibility } from './cache-read.ts'
export {
  type CacheAnswer,
  type CacheEnvironment,
  type CacheLogger,
  type CacheOptions,
  type CacheOutcome,
  type CacheVisit,
  ContextCache,
  type ContextCacheOptions,
  createContextCache,
} from './context-cache.ts'
export { MemoryCache, type MemoryCacheOptions } from './memory-cache.ts'
export { tagsOfInstance, tagsOfTargets } from './tags.ts'
