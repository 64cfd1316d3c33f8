import { expect, test } from 'vitest'
import { cache, identity } from '../../test/people.ts'
import { type Received, send, silentLogger } from '../../test/send.ts'
import { type App, client, collect, createApp, defineContext } from '../index.ts'

const NewsContext = defineContext('news')
const news = client({ name: 'news', context: NewsContext }, () => 'news')
const echo = client({ name: 'echo', affects: NewsContext }, (text: string) => text)
const friend = 'https://admin.example.com'

function appOf(): App {
  return createApp({
    functions: collect(news, echo),
    identity: { ...identity, trustedOrigins: [friend] },
    cache,
    logger: silentLogger(),
  })
}

function corsOf({ headers }: Received): string[] {
  return [...headers.keys()].filter((name) => name.startsWith('access-control-'))
}

function preflight(app: App, endpoint: string, origin: string): Promise<Received> {
  const headers = { origin, 'access-control-request-method': 'POST' }
  return send(app, `/api/mizan/${endpoint}`, { method: 'OPTIONS', headers })
}

test('a page of a trusted origin may ask, send cookies and read the headers of the protocol', async () => {
  await using app = appOf()
  const asked = await preflight(app, 'call/echo/', friend)
  expect([asked.status, asked.headers.get('access-control-allow-methods')]).toEqual([204, 'POST'])
  expect(asked.headers.get('access-control-allow-headers')).toContain('x-mizan-artifact')
  const headers = { origin: friend, 'sec-fetch-site': 'cross-site' }
  const answer = await send(app, '/api/mizan/call/echo/', { body: { text: 'x' }, headers })
  expect([answer.json, answer.headers.get('access-control-allow-origin')]).toEqual([
    { invalidate: ['news'], result: 'x' },
    friend,
  ])
  expect(answer.headers.get('access-control-allow-credentials')).toBe('true')
  expect(answer.headers.get('access-control-expose-headers')).toContain('x-mizan-invalidate')
})

test('errors can be read as well', async () => {
  await using app = appOf()
  const answer = await send(app, '/api/mizan/nope/', { headers: { origin: friend } })
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([404, friend])
})

test.each([
  'https://evil.test',
  'null',
  `${friend}.evil.test`,
  `${friend}:444`,
  'HTTPS://ADMIN.EXAMPLE.COM',
  '*',
])('a page of %s may do neither', async (origin) => {
  await using app = appOf()
  expect(corsOf(await preflight(app, 'call/echo/', origin))).toEqual([])
  expect(corsOf(await send(app, '/api/mizan/ctx/news/', { headers: { origin } }))).toEqual([])
  const call = await send(app, '/api/mizan/call/echo/', {
    body: { text: 'x' },
    headers: { origin },
  })
  expect([call.status, corsOf(call)]).toEqual([403, []])
})

test('an answer for another origin is for no cache: there is no Vary that would tell them apart', async () => {
  await using app = appOf()
  const own = await send(app, '/api/mizan/ctx/news/')
  expect(own.headers.get('x-mizan-cache')).toMatch(/^public/)
  const foreign = await send(app, '/api/mizan/ctx/news/', { headers: { origin: friend } })
  expect(foreign.text).toBe(own.text)
  expect(foreign.headers.has('x-mizan-cache')).toBe(false)
  expect(foreign.headers.get('cache-control')).toBe('no-store')
  expect(foreign.headers.has('vary')).toBe(false)
})

test('the preflight of a context names what stands for QUERY', async () => {
  await using app = appOf()
  const asked = await preflight(app, 'ctx/news/', friend)
  expect(asked.headers.get('access-control-allow-methods')).toBe('GET, HEAD, QUERY, POST')
  const other = await send(app, '/api/mizan/ctx/news/', { method: 'OPTIONS' })
  expect(other.status).toBe(405)
})
