/** The promise of PROTOCOL section 6 on a real Redis, which is killed and comes back with an old snapshot. */

import { eventually, redisServer } from '@mizan/testing/resources'
import fc from 'fast-check'
import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { episode, type StoreStep } from '../../test/promise-plans.ts'
import { World } from '../../test/promise-world.ts'
import type { CacheStore } from './cache-store.ts'
import { RedisCache } from './redis-cache.ts'

const runs = process.env['MIZAN_NIGHTLY'] === '1' ? 300 : 6

test(
  'a read that begins after an answered mutation returns nothing older, whatever befalls Redis',
  async () => {
    await using server = await redisServer()
    const options = { port: server.port, retryStrategy: () => 10, maxRetriesPerRequest: 0 }
    const admin = new Redis(options)
    admin.on('error', () => undefined)
    const outcomes = new Map<string, number>()
    const property = fc.asyncProperty(
      fc.array(fc.tuple(episode, fc.nat()), { minLength: 20, maxLength: 48 }),
      async (episodes) => {
        await admin.flushall()
        const stores: RedisCache[] = []
        const connect = (): CacheStore => {
          const store = new RedisCache(options)
          stores.push(store)
          // Without its end: what the world closes, it goes on to read.
          return {
            intents: store.intents,
            read: (keys) => store.read(keys),
            write: (key, value, ttl) => store.write(key, value, ttl),
            versions: (tags) => store.versions(tags),
            ensureVersions: (tags) => store.ensureVersions(tags),
            bump: (tags) => store.bump(tags),
          }
        }
        const changes: Record<StoreStep, (choice: number) => unknown> = {
          save: () => admin.save().catch(() => undefined),
          restart: () => server.kill().then(() => server.start()),
          evict: async (choice) => {
            const keys = await admin.keys('mizan:{*').catch(() => [])
            const key = keys[choice % Math.max(1, keys.length)]
            if (key?.includes('{intents}') === false) await admin.del(key).catch(() => 0)
          },
          fail: () => server.kill(),
          'fail purges': () => undefined,
          heal: () => server.start(),
        }
        const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
        const world = new World({ turn, connect })
        await eventually(() => Promise.all(stores.map((store) => store.versions(['up']))))
        // Killing and starting twice at once would be two servers on one port.
        let changing: Promise<unknown> = Promise.resolve()
        const walks = [0, 1, 2, 3].map(async (caller) => {
          for (const [steps, choice] of episodes.filter((_, index) => index % 4 === caller)) {
            for (const step of steps) {
              const change = (at: number): unknown => {
                if (step.kind === 'store') changing = changing.then(() => changes[step.name](at))
                return changing
              }
              await world.take(step.kind === 'store' ? { ...step, change } : step, choice)
            }
          }
        })
        await Promise.all(walks)
        await server.start()
        await eventually(() => Promise.all(stores.map((store) => store.versions(['up']))))
        await world.settle()
        await Promise.all(stores.map((store) => store.close()))
        for (const [outcome, count] of world.outcomes)
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count)
        expect(world.broken).toEqual([])
      },
    )
    // Not shrunk: a real server does not do the same thing twice.
    await fc.assert(property, { numRuns: runs, endOnFailure: true })
    admin.disconnect()
    expect(outcomes.get('hit')).toBeGreaterThan(0)
    expect(outcomes.get('purged')).toBeGreaterThan(0)
  },
  180_000 + runs * 10_000,
)
