import { RedisCache } from '@mizan/server/redis'
import { conformance } from '@mizan/testing/conformance'
import { createFixtureApp } from '@mizan/testing/fixture'
import { nodeServer, redisServer } from '@mizan/testing/resources'
import { afterAll, expect, test } from 'vitest'
import { mizan } from './mizan.ts'

const redis = await redisServer()
const store = new RedisCache(redis.url)
const app = createFixtureApp({
  cache: { secret: 'the cache of the fixture application has a key', store, patience: 20_000 },
})
const server = await nodeServer(mizan(app))
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await app.close()
  await redis[Symbol.asyncDispose]()
})

test.each(conformance)('$section: $rule', async ({ run }) => {
  await expect(run(server)).resolves.toBeUndefined()
})

test('what was answered came from Redis', () => {
  expect(app.cacheStats()?.stored).toBeGreaterThan(0)
  expect(app.cacheStats()?.hits).toBeGreaterThan(0)
})
