/** What keeps its state in Redis; needs `ioredis`. */

export { RedisCache, type RedisCacheOptions } from './cache/redis-cache.ts'
export type { RedisClient, RedisTarget } from './cache/redis-connection.ts'
export { RedisBus, type RedisBusOptions } from './live/redis-bus.ts'
export { RedisSessionStore, type RedisSessionStoreOptions } from './identity/redis-session-store.ts'
export {
  RedisIdempotencyStore,
  type RedisIdempotencyStoreOptions,
} from './idempotency/redis-idempotency-store.ts'
export {
  RedisRateLimitStore,
  type RedisRateLimitStoreOptions,
} from './rate-limit/redis-rate-limit-store.ts'
