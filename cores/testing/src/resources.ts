/**
 * Real servers for tests, each on a free port and in a temporary folder, that end with the test: `await using`. This
 * entry stays in the workspace and is not part of the published package. Beside them, ways to wait and to measure that
 * a busy machine does not fail.
 */

export { browser, type BrowserResource } from './resources/browser.ts'
export { eventually, type EventuallyOptions } from './resources/eventually.ts'
export { expressApp } from './resources/express-app.ts'
export { freePort } from './resources/free-port.ts'
export { guard, type Guarded } from './resources/guard.ts'
export { mariadb, type MariadbResource } from './resources/mariadb.ts'
export { nodeServer, type NodeServerResource } from './resources/node-server.ts'
export { pgbouncer, type PgbouncerResource } from './resources/pgbouncer.ts'
export { postgres, type PostgresOptions, type PostgresResource } from './resources/postgres.ts'
export { processorTime } from './resources/processor-time.ts'
export { redis, type RedisResource } from './resources/redis.ts'
export { redisCluster, type RedisClusterResource } from './resources/redis-cluster.ts'
export { redisSentinel, type RedisSentinelResource } from './resources/redis-sentinel.ts'
export {
  redisServer,
  type RedisServerOptions,
  type RedisServerResource,
} from './resources/redis-server.ts'
export { elapsed, shortest, type ShortestOptions } from './resources/shortest.ts'
export {
  temporaryFolder,
  type TemporaryFolder,
  type TemporaryFolderOptions,
} from './resources/temporary-folder.ts'
export { MissingToolError } from './resources/tool.ts'
export { workerd, type WorkerdOptions, type WorkerdResource } from './resources/workerd.ts'
