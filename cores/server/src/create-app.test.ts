import { MizanError } from '@mizan/protocol'
import { expect, test } from 'vitest'
import { call, send, silentLogger } from '../test/send.ts'
import {
  type AppOptions,
  client,
  collect,
  createApp,
  defineContext,
  type Fn,
  invalidate,
  signIn,
} from './index.ts'

const News = defineContext('news')
const news = client({ context: News }, function news(): number {
  return 1
})

function options(functions: readonly Fn[], more: Partial<AppOptions> = {}): AppOptions {
  return { functions: collect(news, ...functions), logger: silentLogger(), ...more }
}

test.each<[string, Partial<AppOptions>, RegExp]>([
  ['a base with a query', { base: '/api?x' }, /a base is a path such as \/api\/mizan/],
  ['a limit of text', { limits: { body: '1mb' as never } }, /limits: { body } .* got 1mb/],
  ['a limit that is NaN', { limits: { depth: Number.NaN } }, /limits: { depth }/],
  ['a drain that no timer waits', { limits: { drain: Infinity } }, /drain.* up to 2147483647/],
  ['no functions', { functions: undefined as never }, /pass functions from mizan\/server.gen.ts/],
])('createApp refuses %s and says what to give', (_name, given, message) => {
  expect(() => createApp(options([], given))).toThrow(message)
})

test.each<[string, Fn, RegExp]>([
  [
    'a route under the base',
    client({ route: '/api/mizan/extra/' }, function extra(): void {}),
    /nobody reaches the route "\/api\/mizan\/extra\/"/,
  ],
  [
    'effects of a route that only answers GET',
    client({ route: '/x/', methods: ['GET'], affects: News }, function extra(): void {}),
    /answers GET only, and nothing is affected by GET/,
  ],
  [
    'a timeout that no timer waits',
    client({ timeout: 2 ** 31 }, function extra(): void {}),
    /timeout is 1 to 2147483647 milliseconds, got 2147483648/,
  ],
  [
    'a target that is no member',
    client({ affects: News.only('headlines') }, function extra(): void {}),
    /affects "news", but "headlines" is none of its functions: news/,
  ],
])('an app does not boot with %s', (_name, fn, message) => {
  expect(() => createApp(options([fn]))).toThrow(message)
})

test('a route never shadows an endpoint', async () => {
  const wide = client(
    { route: '/:a/:b/:c/:d/' },
    function wide(a: number, b: number, c: number, d: number): Response {
      return new Response(`the route of ${a + b + c + d}`)
    },
  )
  await using app = createApp(options([wide]))
  expect((await send(app, '/api/mizan/ctx/news/', { method: 'POST' })).status).toBe(405)
  expect((await send(app, '/1/2/3/4/', { method: 'POST' })).text).toBe('the route of 10')
})

test('why an app could not start stands in the log and nowhere else', async () => {
  for (const failure of [new Error('postgres://ada:pw@db'), new MizanError('GONE', 'pw')]) {
    const logger = silentLogger()
    const plugins = [{ name: 'db', start: () => Promise.reject(failure) }]
    await using app = createApp(options([], { plugins, logger }))
    const { status, json } = await send(app, '/api/mizan/ctx/news/')
    expect([status, json]).toEqual([
      503,
      {
        error: {
          code: 'UNAVAILABLE',
          id: expect.any(String),
          message: 'the server could not start; its log says why',
        },
      },
    ])
    expect(logger.lines).toEqual(['the app could not start'])
  }
})

test('a request that comes while the app closes is UNAVAILABLE; one in flight is answered', async () => {
  let go = (): void => undefined
  const gate = new Promise<void>((resolve) => (go = resolve))
  const slow = client(function slow(): Promise<void> {
    return gate
  })
  const app = createApp(options([slow]))
  await app.start()
  const inFlight = call(app, 'slow')
  const closed = app.close()
  expect((await call(app, 'slow')).json).toMatchObject({
    error: { code: 'UNAVAILABLE', id: expect.any(String) },
  })
  go()
  expect((await inFlight).status).toBe(200)
  await closed
})

test('a task has no browser to sign in', async () => {
  const enter = client(function enter(): Promise<void> {
    return signIn('ada')
  })
  await using app = createApp(options([enter]))
  await expect(app.call(enter, [])).rejects.toThrow(/app\.call runs: there is no browser/)
})

test('what names no context cannot be invalidated', async () => {
  const publish = client({ affects: News }, function publish(): void {
    invalidate({ context: 'news\r\nset-cookie: x' })
  })
  await using app = createApp(options([publish]))
  await expect(app.call(publish, [])).rejects.toThrow(/names no context or function/)
})
