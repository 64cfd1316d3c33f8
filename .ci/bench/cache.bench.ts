/** The origin cache: a cached context against one GET of the raw client, purges by number of entries, memory per entry. */

import {
  type CacheStore,
  client,
  createApp,
  defineFunctions,
  defineContext,
  MemoryCache,
} from '@mizan/server'
import { RedisCache } from '@mizan/server/redis'
import { redisServer } from '@mizan/testing/resources'
import { Redis } from 'ioredis'
import { report } from './measured.ts'

const secret = 'a-cache-secret-of-at-least-32-bytes!'
const sizes = process.env['MIZAN_NIGHTLY'] === '1' ? [10, 10_000, 1_000_000] : [10, 10_000]
const text = 'x'.repeat(1000)
const number = { type: 'integer' } as const

const Pages = defineContext('pages')
const page = client({ context: Pages }, (id: number) => `${id} ${text}`)
const functions = defineFunctions(
  {
    version: 1,
    digest: '0000000000000000',
    functions: {
      page: {
        key: 'page',
        source: 'cache.bench.ts#page',
        context: 'pages',
        params: [{ name: 'id', key: 'id', schema: number, required: true }],
        result: { type: 'string' },
      },
    },
    contexts: {
      pages: {
        functions: ['page'],
        params: [{ name: 'id', key: 'id', schema: number, required: true }],
      },
    },
    $defs: {},
  },
  { page: [page] },
)

await using server = await redisServer()
const raw = new Redis(server.url)

/** Operations in a second, 32 of them under way at a time, the best of three rounds. */
async function perSecond(operation: (index: number) => Promise<unknown>): Promise<number> {
  let best = 0
  for (let round = 0; round < 4; round++) {
    const until = performance.now() + 700
    let count = 0
    const started = performance.now()
    await Promise.all(
      Array.from({ length: 32 }, async () => {
        while (performance.now() < until) await operation(count++)
      }),
    )
    if (round > 0) best = Math.max(best, (count * 1000) / (performance.now() - started))
  }
  return best
}

async function fetchesPerSecond(store: CacheStore): Promise<number> {
  await using app = createApp({ functions, cache: { secret, store } })
  const { signal } = new AbortController()
  const fetchPage = async (id: number): Promise<void> => {
    const query = `id=${id % 100}`
    const request = {
      method: 'GET',
      path: '/api/mizan/ctx/pages/',
      query,
      headers: {},
      body: null,
      signal,
    }
    const { status } = await app.handle(request)
    if (status !== 200) throw new Error(`answered ${status}`)
  }
  for (let id = 0; id < 100; id++) await fetchPage(id)
  const before = app.cacheStats()?.hits ?? 0
  const rate = await perSecond(fetchPage)
  const stats = app.cacheStats()
  if (stats === undefined || stats.hits - before < rate || stats.errors > 0) {
    throw new Error(`these were no hits: ${JSON.stringify(stats)}`)
  }
  return rate
}

async function connected(): Promise<RedisCache> {
  const store = new RedisCache(server.url)
  while ((await store.versions(['pages']).catch(() => undefined)) === undefined) {
    await new Promise((resolve) => setImmediate(resolve))
  }
  return store
}

function line(what: string, value: string): void {
  process.stdout.write(`  ${what}: ${value}\n`)
}

await raw.set('raw', `{"page":"1 ${text}"}`)
const gets = await perSecond(() => raw.get('raw'))
line('GET of the raw client', `${gets.toFixed(0)} a second`)
const fromMemory = await fetchesPerSecond(new MemoryCache())
line('cached context from memory', `${fromMemory.toFixed(0)} a second`)
const fromRedis = await fetchesPerSecond(await connected())
line('cached context from Redis', `${fromRedis.toFixed(0)} a second`)
report({
  what: 'time of a cached context from memory against a GET of the raw client',
  value: Number((gets / fromMemory).toFixed(2)),
  unit: 'times',
  goal: 3,
  atMost: 12,
})
report({
  what: 'time of a cached context from Redis (2 questions, 4 keys) against a GET of the raw client',
  value: Number((gets / fromRedis).toFixed(2)),
  unit: 'times',
  goal: 8,
  atMost: 30,
})

/** Microseconds of one purge of three tags. */
async function purgeTime(store: CacheStore): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < 300; round++) {
    const tags = ['pages', `pages;id=${round}`, 'pages;id']
    await store.ensureVersions(tags)
    const started = performance.now()
    await store.bump(tags)
    times.push((performance.now() - started) * 1000)
  }
  times.sort((a, b) => a - b)
  return times[150] ?? 0
}

async function fill(store: CacheStore, count: number): Promise<void> {
  for (let start = 0; start < count; start += 1000) {
    const ids = Array.from({ length: Math.min(1000, count - start) }, (_, index) => start + index)
    await Promise.all(ids.map((id) => store.write(`ctx:pages:${id}`, `${id} ${text}`, 3600)))
  }
}

const purges: number[] = []
for (const size of sizes) {
  await raw.flushall()
  const store = await connected()
  const empty = await usedMemory()
  await fill(store, size)
  const bytes = ((await usedMemory()) - empty) / size
  const redisTime = await purgeTime(store)
  purges.push(redisTime)
  await store.close()
  const memory = new MemoryCache({ maximumBytes: 16 * 1024 ** 3 })
  globalThis.gc?.()
  const heap = process.memoryUsage().heapUsed
  await fill(memory, size)
  globalThis.gc?.()
  const heapBytes = (process.memoryUsage().heapUsed - heap) / size
  line(
    `purge with ${size} entries`,
    `${redisTime.toFixed(0)} µs in Redis, ${(await purgeTime(memory)).toFixed(1)} µs in memory`,
  )
  if (size >= 10_000) {
    const shown = `${bytes.toFixed(0)} bytes in Redis, ${heapBytes.toFixed(0)} bytes of heap`
    line(`an entry of ${text.length} bytes among ${size}`, shown)
  }
}
report({
  what: `time of a purge with ${sizes.at(-1)} entries against ${sizes[0]}`,
  value: Number(((purges.at(-1) ?? 0) / (purges[0] ?? 1)).toFixed(2)),
  unit: 'times',
  goal: 1.5,
  atMost: 3,
})
raw.disconnect()

async function usedMemory(): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await raw.info('memory'))?.[1])
}
