import { redis } from '@mizan/testing/resources'
import { Redis } from 'ioredis'
import { afterAll, expect, test } from 'vitest'
import { RedisIdempotencyStore } from './redis-idempotency-store.ts'

const server = await redis()
const client = new Redis(server.url)
afterAll(async () => {
  await client.quit()
  await server[Symbol.asyncDispose]()
})

test('of all who claim a key at the same time one gets it, the others what that one has written', async () => {
  const stores = [0, 1].map(
    () => new RedisIdempotencyStore(client, { prefix: 'claims:', timeout: 60_000 }),
  )
  const claims = await Promise.all(
    Array.from({ length: 20 }, (_, index) => stores[index % 2]?.claim('k', `by ${index}`, 10)),
  )
  const [winner, ...more] = claims.flatMap((kept, index) => (kept === undefined ? [index] : []))
  expect(more).toEqual([])
  expect(new Set(claims)).toEqual(new Set([undefined, `by ${winner}`]))
})

test('an answer replaces the claim, a deleted key is free, and a kept one has an end', async () => {
  const store = new RedisIdempotencyStore(client, { prefix: 'answers:', timeout: 60_000 })
  await store.claim('k', 'running', 10)
  await store.put('k', 'answer', 10)
  expect(await store.claim('k', 'running', 10)).toBe('answer')
  const [key = ''] = await client.keys(`${server.prefix}answers:*`)
  expect(await client.pttl(key.slice(server.prefix.length))).toBeGreaterThan(0)
  await store.delete('k')
  expect(await store.claim('k', 'running', 10)).toBeUndefined()
})

test('a Redis that is out of reach is an error, in time', async () => {
  const store = new RedisIdempotencyStore('redis://127.0.0.1:1', { timeout: 300 })
  await expect(store.claim('k', 'running', 10)).rejects.toThrow()
  await store.close()
})
