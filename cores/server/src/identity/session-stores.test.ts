/** The stores of this package, compared: what one does the other does. */

import { redis, redisCluster, redisServer } from '@mizan/testing/resources'
import fc from 'fast-check'
import { Cluster } from 'ioredis'
import { afterAll, expect, test } from 'vitest'
import { MemorySessionStore } from './memory-session-store.ts'
import { RedisSessionStore } from './redis-session-store.ts'
import type { Session } from './sessions.ts'

const resource = await redis()
/** The first command waits for its connection, on a busy machine longer than a request should. */
const patient = { timeout: 60_000 }
const store = new RedisSessionStore(resource.url, patient)
afterAll(async () => {
  await store.close()
  await resource[Symbol.asyncDispose]()
})

const now = Date.now()

type Step =
  | { readonly do: 'create'; readonly id: string; readonly user: string; readonly tokens: boolean }
  | { readonly do: 'rotate'; readonly id: string; readonly jti: string; readonly after: number }
  | { readonly do: 'touch'; readonly id: string }
  | { readonly do: 'delete'; readonly id: string }
  | { readonly do: 'list'; readonly user: string }

const id = fc.constantFrom('s1', 's2', 's3')
const user = fc.constantFrom('ada', 'bob\n{x}')
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('create' as const), id, user, tokens: fc.boolean() }),
  fc.record({
    do: fc.constant('rotate' as const),
    id,
    jti: fc.constantFrom('first', 'n0', 'n1', 'n2', 'n3', 'n4', 'n5'),
    after: fc.constantFrom(0, 9_000, 10_000, 10_001),
  }),
  fc.record({ do: fc.constant('touch' as const), id }),
  fc.record({ do: fc.constant('delete' as const), id }),
  fc.record({ do: fc.constant('list' as const), user }),
)

async function perform(
  on: RedisSessionStore | MemorySessionStore,
  steps: readonly Step[],
  run: number,
): Promise<unknown[]> {
  const results: unknown[] = []
  let time = now
  const name = (text: string): string => `${run}-${text}`
  for (const [index, one] of steps.entries()) {
    if (one.do === 'create') {
      const session: Session = {
        id: name(one.id),
        user: name(one.user),
        createdAt: now,
        ...(one.tokens
          ? { expiresAt: now + 500_000, refresh: { current: 'first', rotatedAt: now } }
          : {}),
      }
      await on.delete(session.id)
      await on.create(session, 1_000)
    } else if (one.do === 'rotate') {
      time += one.after
      const rotation = { presented: one.jti, successor: `n${index}`, now: time, grace: 10_000 }
      results.push(await on.rotate(name(one.id), { ...rotation, ttl: 1_000 }))
    } else if (one.do === 'touch') await on.touch(name(one.id), time)
    else if (one.do === 'delete') await on.delete(name(one.id))
    else {
      const listed = await on.list(name(one.user))
      results.push([...listed].sort((a, b) => (a.id < b.id ? -1 : 1)))
    }
    if ('id' in one) results.push(await on.get(name(one.id)))
  }
  return results
}

let runs = 0

test('Redis and memory give the same answers to the same questions', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const run = (runs += 1)
      const memory = new MemorySessionStore({ clock: () => now })
      expect(await perform(store, steps, run)).toEqual(await perform(memory, steps, run))
    }),
    { numRuns: 100 },
  )
})

test('of many processes that rotate one token at once, all get one successor', async () => {
  const others = Array.from({ length: 5 }, () => new RedisSessionStore(resource.url, patient))
  const session = { id: 'race', user: 'ada', createdAt: now }
  await store.create({ ...session, refresh: { current: 'first', rotatedAt: now } }, 100)
  const rotated = await Promise.all(
    others.flatMap((other, index) =>
      [0, 1, 2].map((turn) =>
        other.rotate('race', {
          presented: 'first',
          successor: `${index}-${turn}`,
          now,
          grace: 10_000,
          ttl: 100,
        }),
      ),
    ),
  )
  expect(new Set(rotated.map((one) => JSON.stringify(one))).size).toBe(1)
  expect(rotated[0]).toMatchObject({ state: 'rotated', rotatedAt: now })
  await Promise.all(others.map((other) => other.close()))
})

test('a session is gone from Redis when its time is over', async () => {
  await store.create({ id: 'short', user: 'cleo', createdAt: now - 2_000 }, 0.001)
  await expect.poll(() => store.get('short')).toBeUndefined()
  await expect.poll(() => store.list('cleo')).toEqual([])
})

test('what is no session in Redis is none', async () => {
  const other = new RedisSessionStore(resource.url, patient)
  await other.touch('never-there', now)
  expect(await other.get('never-there')).toBeUndefined()
  expect(
    await other.rotate('never-there', { presented: '', successor: 'x', now, grace: 1, ttl: 1 }),
  ).toEqual({
    state: 'ended',
  })
  await other.close()
})

test('a store asked before it is connected waits; one whose Redis is gone fails soon', async () => {
  await using server = await redisServer()
  const early = new RedisSessionStore(server.url, { timeout: 5_000 })
  const session = { id: 'a', user: 'ada', createdAt: now }
  await early.create(session, 100)
  expect(await early.get('a')).toEqual(session)
  await server.kill()
  await expect(early.get('a')).rejects.toThrow()
  await server.start()
  await expect.poll(() => early.get('a').catch(() => 'down')).toBeUndefined()
  await early.close()
})

test('a Cluster keeps sessions of many users, wherever their keys are', async () => {
  await using servers = await redisCluster()
  const cluster = new Cluster([...servers.nodes])
  const shared = new RedisSessionStore(cluster, patient)
  const users = Array.from({ length: 12 }, (_, index) => `user-${index}`)
  for (const user of users) {
    const refresh = { current: 'first', rotatedAt: now }
    await shared.create({ id: `session-of-${user}`, user, createdAt: now, refresh }, 100)
  }
  const rotation = { presented: 'first', successor: 'next', now, grace: 10_000, ttl: 100 }
  for (const user of users) {
    const id = `session-of-${user}`
    expect(await shared.rotate(id, rotation)).toMatchObject({ state: 'rotated', current: 'next' })
    expect(await shared.list(user)).toMatchObject([{ id, user, refresh: { current: 'next' } }])
    await shared.delete(id)
    expect(await shared.list(user)).toEqual([])
  }
  cluster.disconnect()
})
