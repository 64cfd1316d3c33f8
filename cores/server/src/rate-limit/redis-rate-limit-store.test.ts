import { redis, redisServer } from '@mizan/testing/resources'
import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { silentLogger } from '../../test/send.ts'
import { client, collect, createApp, defineContext, rateLimit } from '../index.ts'
import { MemoryRateLimitStore } from './rate-limit-store.ts'
import { RedisRateLimitStore } from './redis-rate-limit-store.ts'

/** The first command waits for its connection, on a busy machine longer than a request should. */
const patient = { timeout: 60_000 }

test('processes share one count: of requests at once as many pass as the quota has', async () => {
  await using server = await redis()
  const stores = [1, 2, 3].map(() => new RedisRateLimitStore(server.url, patient))
  // A window so long that no request comes back within the test.
  const quota = { limit: 10, window: 36_000 }
  try {
    const taken = await Promise.all(
      Array.from({ length: 30 }, (_, index) => stores[index % 3]?.take('__proto__\r\n', quota)),
    )
    expect(taken.filter((one) => one?.allowed)).toHaveLength(10)
    expect(await stores[0]?.take('somebody else', quota)).toMatchObject({
      allowed: true,
      remaining: 9,
    })
  } finally {
    for (const store of stores) await store.close()
  }
})

test('an answer is what the store in memory gives', async () => {
  await using server = await redis()
  await using store = closing(new RedisRateLimitStore(server.url, patient))
  const memory = new MemoryRateLimitStore({ clock: () => 0 })
  for (const quota of [
    { limit: 1, window: 3600 },
    { limit: 3, window: 36_000 },
    { limit: 7, window: 70_000 },
  ])
    for (let index = 0; index < 9; index++) {
      const [mine, theirs] = [
        await store.value.take(`${quota.limit}`, quota),
        memory.take(`${quota.limit}`, quota),
      ]
      expect({ ...mine, reset: 0 }).toEqual({ ...theirs, reset: 0 })
      // Time passes in Redis.
      expect(mine.reset).toBeLessThanOrEqual(theirs.reset)
      expect(mine.reset).toBeGreaterThan(theirs.reset - 60)
    }
})

test('what is kept ends when the quota is whole again', async () => {
  await using server = await redis()
  await using store = closing(new RedisRateLimitStore(server.url, { ...patient, prefix: 'ends:' }))
  const admin = new Redis(server.url)
  await store.value.take('a', { limit: 2, window: 100 })
  const [key = ''] = await admin.keys('ends:rate:*')
  const left = await admin.pttl(key)
  admin.disconnect()
  expect(left).toBeGreaterThan(0)
  expect(left).toBeLessThanOrEqual(50_000)
})

test('Redis gone limits nobody, and Redis back limits again', async () => {
  await using server = await redisServer()
  const store = new RedisRateLimitStore(server.url, { timeout: 5_000 })
  const NewsContext = defineContext('news')
  const news = client({ name: 'news', context: NewsContext }, () => 'news')
  await using app = createApp({
    functions: collect(news),
    plugins: [rateLimit({ limit: 1, window: 36_000, store })],
    logger: silentLogger(),
  })
  const status = async (): Promise<number> => {
    const answer = await app.handle({
      method: 'GET',
      path: '/api/mizan/ctx/news/',
      query: '',
      headers: {},
      body: null,
      address: '1.1.1.1',
      signal: new AbortController().signal,
    })
    return answer.status
  }
  expect([await status(), await status()]).toEqual([200, 429])
  await server.kill()
  expect(await status()).toBe(200)
  await server.start()
  await expect.poll(status).toBe(429)
})

function closing(value: RedisRateLimitStore): AsyncDisposable & { value: RedisRateLimitStore } {
  return { value, [Symbol.asyncDispose]: () => value.close() }
}
