import { expect, test } from 'vitest'
import { cookieOf, enter, identity } from '../../test/people.ts'
import { silentLogger } from '../../test/send.ts'
import {
  type App,
  client,
  collect,
  createApp,
  defineContext,
  MemoryRateLimitStore,
  rateLimit,
  type RateLimitOptions,
} from '../index.ts'

const NewsContext = defineContext('news')
const news = client({ name: 'news', context: NewsContext }, () => 'news')
let now = 0

function appOf(options: Partial<RateLimitOptions> = {}): App {
  now = 0
  const store = new MemoryRateLimitStore({ clock: () => now })
  const limit = rateLimit({
    limit: 3,
    window: 60,
    store,
    only: ({ request }) => request.method === 'GET',
    ...options,
  })
  return createApp({
    functions: collect(news, enter),
    identity,
    plugins: [limit],
    logger: silentLogger(),
  })
}

async function read(
  app: App,
  address: string | undefined,
  cookie?: string,
): Promise<[number, ...(string | undefined)[]]> {
  const { status, headers } = await app.handle({
    method: 'GET',
    path: '/api/mizan/ctx/news/',
    query: '',
    headers: cookie === undefined ? {} : { cookie },
    body: null,
    ...(address === undefined ? {} : { address }),
    signal: new AbortController().signal,
  })
  const found = new Map(headers)
  return [status, found.get('ratelimit'), found.get('retry-after')]
}

test('what is left is told with each answer, and who has nothing left is told when to come back', async () => {
  await using app = appOf()
  expect(await read(app, '1.2.3.4')).toEqual([200, '"default";r=2;t=20', undefined])
  expect(await read(app, '1.2.3.4')).toEqual([200, '"default";r=1;t=40', undefined])
  expect(await read(app, '1.2.3.4')).toEqual([200, '"default";r=0;t=60', undefined])
  expect(await read(app, '1.2.3.4')).toEqual([429, '"default";r=0;t=20', '20'])
  now = 19_000
  expect(await read(app, '1.2.3.4')).toEqual([429, '"default";r=0;t=1', '1'])
  now = 20_000
  expect(await read(app, '1.2.3.4')).toEqual([200, '"default";r=0;t=60', undefined])
})

test('the policy stands beside it, and a refusal has its code', async () => {
  await using app = appOf({ limit: 1 })
  const ask = () =>
    app.handle({
      method: 'GET',
      path: '/api/mizan/ctx/news/',
      query: '',
      headers: {},
      body: null,
      address: '::1',
      signal: new AbortController().signal,
    })
  expect(new Map((await ask()).headers).get('ratelimit-policy')).toBe('"default";q=1;w=60')
  expect((await ask()).body).toContain('"code":"RATE_LIMITED"')
})

test('each caller has a quota: a principal wherever they are, others by their address', async () => {
  await using app = appOf({ limit: 1 })
  const cookie = await cookieOf(app, 'ada')
  expect((await read(app, '1.1.1.1'))[0]).toBe(200)
  expect((await read(app, '2.2.2.2'))[0]).toBe(200)
  expect((await read(app, '::ffff:1.1.1.1'))[0]).toBe(429)
  expect((await read(app, '1.1.1.1', cookie))[0]).toBe(200)
  expect((await read(app, '3.3.3.3', cookie))[0]).toBe(429)
  expect((await read(app, undefined))[0]).toBe(200)
})

test('of IPv6 one network counts as one caller, however it is written', async () => {
  await using app = appOf({ limit: 1 })
  expect((await read(app, '2001:db8::1'))[0]).toBe(200)
  expect((await read(app, '2001:0DB8:0:0:ffff::2'))[0]).toBe(429)
  expect((await read(app, '2001:db8:0:1::1'))[0]).toBe(200)
})

test('a limit makes nothing private: what is public stays public', async () => {
  const limit = rateLimit({ limit: 9, window: 60 })
  await using app = createApp({
    functions: collect(news),
    plugins: [limit],
    cache: { secret: 'a-cache-secret-for-tests-of-32-bytes!!' },
  })
  const { headers } = await app.handle({
    method: 'GET',
    path: '/api/mizan/ctx/news/',
    query: '',
    headers: {},
    body: null,
    signal: new AbortController().signal,
  })
  expect(new Map(headers).get('x-mizan-cache')).toMatch(/^public/)
})

test('a store that is down limits nobody', async () => {
  await using app = appOf({ limit: 1, store: { take: () => Promise.reject(new Error('down')) } })
  for (const _ of [1, 2]) expect((await read(app, '1.1.1.1'))[0]).toBe(200)
})

test('memory is bounded: who was not seen the longest is forgotten', () => {
  const store = new MemoryRateLimitStore({ maxKeys: 2, clock: () => 0 })
  const quota = { limit: 1, window: 60 }
  for (const key of ['a', 'b', 'c']) expect(store.take(key, quota).allowed).toBe(true)
  expect(store.take('c', quota).allowed).toBe(false)
  expect(store.take('a', quota).allowed).toBe(true)
})

test.each([
  { limit: 0, window: 1 },
  { limit: 1, window: 0 },
  { limit: Number.NaN, window: 1 },
  { limit: 1, window: 1, name: 'a"b' },
])('a limit that limits nothing is refused: %j', (options) => {
  expect(() => rateLimit(options)).toThrow(TypeError)
})
