import {
  eventually,
  redis,
  redisCluster,
  redisSentinel,
  redisServer,
} from '@mizan/testing/resources'
import { Cluster, Redis } from 'ioredis'
import { afterAll, describe, expect, test } from 'vitest'
import { ask as askFor, readOf, resultOf, secret } from '../../test/cache-reads.ts'
import type { CacheResult } from './cache-read.ts'
import { ContextCache } from './context-cache.ts'
import { RedisCache } from './redis-cache.ts'

/** What is asserted here is what Redis answers, not how fast on a busy machine. */
const patience = 20_000

/** One and the same read. */
function ask(cache: ContextCache, result: CacheResult): Promise<string> {
  return askFor(cache, readOf(), result)
}

/** Until the client has found its way to a server that answers. */
async function reachable(store: RedisCache): Promise<void> {
  await eventually(() => store.versions(['reachable']))
}

const server = await redis()
const client = new Redis(server.url)
afterAll(async () => {
  await client.quit()
  await server[Symbol.asyncDispose]()
})

test('processes share entries, and what one purges no other serves', async () => {
  const [one, two] = [0, 1].map(
    () =>
      new ContextCache({ store: new RedisCache(client, { prefix: 'shared:' }), secret, patience }),
  )
  await reachable(new RedisCache(client))
  expect(await ask(one!, resultOf('1'))).toBe('miss 1')
  expect(await ask(two!, resultOf('2'))).toBe('hit 1')
  expect(await two!.purge(['user;id=5'])).toEqual({ deferred: false })
  expect(await ask(one!, resultOf('3'))).toBe('miss 3')
  expect(await ask(two!, resultOf('4'))).toBe('hit 3')
})

test('entries stand beside their context’s tags, data tags beside their table’s', async () => {
  const cache = new ContextCache({
    store: new RedisCache(client, { prefix: 'keys:' }),
    secret,
    patience,
  })
  for (const body of ['1', '2'])
    await ask(cache, resultOf(body, { dataTags: ['db:tasks:*', 'db:tasks:id=5'] }))
  const keys = (await client.keys(`${server.prefix}keys:*`)).map((key) =>
    key.slice(server.prefix.length).replace(/[0-9a-f]{64}/, '<hex>'),
  )
  expect(keys.sort()).toEqual([
    'keys:{ctx:user}',
    'keys:{ctx:user}:<hex>',
    'keys:{ctx:user};id=5',
    'keys:{db:tasks}:*',
    'keys:{db:tasks}:id=5',
  ])
})

test('a missing version is made once for all who ask', async () => {
  const stores = [0, 1, 2].map(() => new RedisCache(client, { prefix: 'once:' }))
  const made = await Promise.all(stores.map((store) => store.ensureVersions(['a', 'b'])))
  expect(new Set(made.map(String)).size).toBe(1)
  expect(await stores[0]!.versions(['b', 'none', 'a'])).toEqual([
    made[0]![1],
    undefined,
    made[0]![0],
  ])
})

test('tags outlive entries, also when those are written again and again', async () => {
  const store = new RedisCache(client, { prefix: 'life:' })
  await store.ensureVersions(['user'])
  await store.write('ctx:user:1', 'x', 1e9)
  const tagLife = (): Promise<number> => client.ttl('life:{ctx:user}')
  expect(await tagLife()).toBeGreaterThan(await client.ttl('life:{ctx:user}:1'))
  await client.expire('life:{ctx:user}', 60)
  await store.ensureVersions(['user'])
  expect(await tagLife()).toBeGreaterThan(await client.ttl('life:{ctx:user}:1'))
})

test('garbage and forged entries are a miss', async () => {
  const cache = new ContextCache({
    store: new RedisCache(client, { prefix: 'mac:' }),
    secret,
    patience,
  })
  expect(await ask(cache, resultOf('true'))).toBe('miss true')
  const [key = ''] = (await client.keys(`${server.prefix}mac:{ctx:user}:*`)).map((name) =>
    name.slice(server.prefix.length),
  )
  const genuine = (await client.get(key)) ?? ''
  for (const forged of [genuine.replace('true', 'fake'), 'garbage', '']) {
    await client.set(key, forged)
    expect(await ask(cache, resultOf('own'))).toBe('miss own')
  }
  await client.del(key)
  await client.hset(key, 'not', 'a string')
  expect(await ask(cache, resultOf('other'))).toMatch(/ other$/)
})

test('a very long tag has a key of bounded length', async () => {
  const store = new RedisCache(client, { prefix: 'long:' })
  await store.ensureVersions([`db:tasks:name=${'x'.repeat(10_000)}`])
  const [key = ''] = await client.keys(`${server.prefix}long:*`)
  expect(key.length).toBeLessThan(120 + server.prefix.length)
})

describe('servers that come and go', () => {
  test('a Redis that is killed and restarted with an old snapshot revives nothing', async () => {
    await using mortal = await redisServer()
    const store = new RedisCache({ port: mortal.port, retryStrategy: () => 20 })
    const cache = new ContextCache({ store, secret, patience })
    const admin = new Redis(mortal.port, { retryStrategy: () => 20 })
    admin.on('error', () => undefined)
    await reachable(store)
    expect(await ask(cache, resultOf('old'))).toBe('miss old')
    expect(await ask(cache, resultOf('?'))).toBe('hit old')
    await admin.save()
    expect(await cache.purge(['user'])).toEqual({ deferred: false })
    expect(await ask(cache, resultOf('new'))).toBe('miss new')
    await mortal.kill()
    expect(await ask(cache, resultOf('alone'))).toBe('bypass alone')
    await mortal.start()
    await reachable(store)
    // The snapshot has the old entry together with the versions that it was made under.
    expect(await admin.keys('mizan:{ctx:user}:*')).toHaveLength(1)
    expect(await ask(cache, resultOf('newer'))).toBe('miss newer')
    expect(await ask(cache, resultOf('?'))).toBe('hit newer')
    admin.disconnect()
    await store.close()
  })

  // The three servers are held by an AsyncDisposableStack, which the oldest Node has not.
  test.skipIf(typeof AsyncDisposableStack === 'undefined')(
    'a promoted replica revives nothing',
    async () => {
      await using watched = await redisSentinel()
      const { sentinels, name } = watched
      const store = new RedisCache({ sentinels: [...sentinels], name, retryStrategy: () => 50 })
      const cache = new ContextCache({ store, secret, patience })
      await reachable(store)
      expect(await ask(cache, resultOf('1'))).toBe('miss 1')
      expect(await ask(cache, resultOf('2'))).toBe('hit 1')
      const [before] = await store.versions(['user'])
      await watched.failover()
      await eventually(async () =>
        expect((await store.ensureVersions(['user']))[0]).not.toBe(before),
      )
      expect(await ask(cache, resultOf('3'))).toBe('miss 3')
      expect(await ask(cache, resultOf('4'))).toBe('hit 3')
      await store.close()
    },
  )

  test('a replica is never asked for versions', async () => {
    await using replica = await redisServer({ args: ['--replicaof', '127.0.0.1', '1'] })
    const store = new RedisCache(replica.url)
    await eventually(() => expect(store.versions(['a'])).rejects.toThrow(/READONLY/))
    await store.close()
    expect(() => new RedisCache({ sentinels: [], name: 'x', role: 'slave' })).toThrow(TypeError)
  })

  test('without a connection everything is a miss at once, and a purge is deferred', async () => {
    const store = new RedisCache({ port: 1, retryStrategy: () => null })
    const cache = new ContextCache({ store, secret, patience })
    expect(await ask(cache, resultOf('1'))).toBe('bypass 1')
    expect(await cache.purge(['user'])).toEqual({ deferred: true })
    await cache.close()
    await store.close()
  })
})

test('a cluster keeps each group on a node of its own, and one read asks all of them', async () => {
  await using servers = await redisCluster()
  const cluster = new Cluster([...servers.nodes])
  const store = new RedisCache(cluster)
  await reachable(store)
  const cache = new ContextCache({ store, secret, patience })
  const tables = Array.from({ length: 12 }, (_, index) => `db:table_${index}`)
  expect(await ask(cache, resultOf('1', { dataTags: tables }))).toBe('miss 1')
  expect(await ask(cache, resultOf('2', { dataTags: tables }))).toBe('miss 2')
  expect(await ask(cache, resultOf('3', { dataTags: tables }))).toBe('hit 2')
  const versions = await store.versions([...tables, 'user'])
  // The identity of the node stands before each version.
  expect(new Set(versions.map((version) => version?.split('.')[0])).size).toBe(3)
  for (const table of tables) {
    await cache.purge([table])
    expect(await ask(cache, resultOf(table, { dataTags: tables }))).toBe(`miss ${table}`)
    expect(await ask(cache, resultOf('?', { dataTags: tables }))).toBe(`hit ${table}`)
  }
  expect(await cache.purge(['user', ...tables])).toEqual({ deferred: false })
  expect(await ask(cache, resultOf('end', { dataTags: tables }))).toBe('miss end')
  cluster.disconnect()
})

describe('purges that are written down', () => {
  test('they are left for others once their process has not renewed them for a while', async () => {
    const { intents } = new RedisCache(client, { prefix: 'intents:' })
    await intents!.intend({ id: 'one', tags: ['user', 'user;id=5'] })
    await intents!.intend({ id: 'two', tags: [] })
    expect(await intents!.left({ age: 60_000, limit: 10 })).toEqual([])
    expect(await intents!.left({ age: 0, limit: 10 })).toEqual([
      { id: 'one', tags: ['user', 'user;id=5'] },
      { id: 'two', tags: [] },
    ])
    await intents!.settle(['one', 'unknown'])
    await intents!.renew(['one', 'two'])
    expect(await intents!.left({ age: 0, limit: 10 })).toEqual([{ id: 'two', tags: [] }])
  })
})

test('a purge is the same few commands with one entry and with 100,000', async () => {
  const commands = async (entries: number): Promise<number> => {
    await using own = await redisServer()
    const admin = new Redis(own.port)
    await admin.eval(
      `for i = 1, ARGV[1] do redis.call('SET', 'mizan:{ctx:user}:' .. i, 'x') end`,
      0,
      entries,
    )
    const store = new RedisCache(own.url)
    await reachable(store)
    await admin.config('RESETSTAT')
    await store.bump(['user', 'user;id=5', 'user;id'])
    const stats = await admin.info('commandstats')
    admin.disconnect()
    await store.close()
    return [...stats.matchAll(/^cmdstat_(?!info|config)\w+:calls=(\d+)/gm)].reduce(
      (sum, [, calls]) => sum + Number(calls),
      0,
    )
  }
  expect(await commands(1)).toBe(1)
  expect(await commands(100_000)).toBe(1)
})
