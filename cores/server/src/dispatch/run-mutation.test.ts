import { expect, test } from 'vitest'
import { cache, cookieOf, enter, identity } from '../../test/people.ts'
import { call, send, silentLogger } from '../../test/send.ts'
import {
  type App,
  type AppOptions,
  client,
  collect,
  createApp,
  currentScope,
  defineContext,
  type Fn,
  getSignal,
  invalidate,
  MemorySessionStore,
  signIn,
  type StandardSchemaV1,
  view,
} from '../index.ts'

const News = defineContext('news')

/** Counts its runs, so that an answer tells whether it was made anew. */
function counter(): Fn {
  let runs = 0
  return client({ context: News }, function news(id = 0): string {
    runs += 1
    return `${id}/${runs}`
  })
}

function app(functions: readonly Fn[], options: Partial<AppOptions> = {}): App {
  return createApp({
    functions: collect(enter, counter(), ...functions),
    cache,
    identity,
    logger: silentLogger(),
    ...options,
  })
}

const read = async (mizan: App): Promise<unknown> =>
  (await send(mizan, '/api/mizan/ctx/news/')).json

const anything: StandardSchemaV1 = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) },
}

test.each<[string, unknown]>([
  ['a bigint', 5n],
  ['a circle', circle()],
  ['a getter that throws', Object.defineProperty({}, 'x', { enumerable: true, get: raise })],
  ['a toJSON that throws', { toJSON: raise }],
])('a result that has no wire form names what was invalidated: %s', async (_name, value) => {
  const publish = client({ affects: News }, function publish(): unknown {
    return value
  })
  await using mizan = app([publish])
  await read(mizan)
  const answer = await call(mizan, 'publish')
  expect(answer.status).toBe(500)
  expect(answer.json).toMatchObject({ error: { code: 'INTERNAL' }, invalidate: ['news'] })
  expect(answer.headers.get('x-mizan-invalidate')).toBe('news')
  expect(await read(mizan)).toEqual({ news: '0/2' })
})

test('a route that returns no Response names what was invalidated', async () => {
  const publish = client({ affects: News, route: '/publish/' }, function publish(): number {
    return 5
  })
  await using mizan = app([publish])
  const answer = await send(mizan, '/publish/', { method: 'POST' })
  expect([answer.status, answer.headers.get('x-mizan-invalidate')]).toEqual([500, 'news'])
})

test('a value that no instance can have makes the target wider, not the answer an error', async () => {
  const publish = client({ affects: News, input: anything }, function publish(id: string): string {
    return id
  })
  const named = client({ affects: News }, function named(): void {
    invalidate(News, { id: 'x\ud800' })
    invalidate(News, { id: { nested: 1n } })
  })
  await using mizan = app([publish, named])
  const raw = '{"fn":"publish","args":{"id":"\\ud800"}}'
  for (const answer of [
    await send(mizan, '/api/mizan/call/', { raw }),
    await call(mizan, 'named'),
  ]) {
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-mizan-invalidate')).toBe('news')
  }
})

test('a session that cannot be changed takes back nothing of what the function did', async () => {
  const publish = client({ affects: News }, function publish(): Promise<void> {
    return signIn('ada')
  })
  const sessions = new MemorySessionStore()
  sessions.create = () => Promise.reject(new Error('the store is down'))
  await using mizan = app([publish], { identity: { ...identity, sessions } })
  await read(mizan)
  const answer = await call(mizan, 'publish')
  expect(answer.json).toMatchObject({ error: { code: 'UNAVAILABLE' }, invalidate: ['news'] })
  expect(answer.cookies).toEqual([])
  expect(await read(mizan)).toEqual({ news: '0/2' })
})

test('what is committed after a time-out purges, also when the function fails in the end', async () => {
  const gate = latch()
  const rows = client({ context: News }, function rows(): string {
    currentScope()?.observeRead('rows')
    return 'x'
  })
  const publish = client({ timeout: 5 }, async function publish(): Promise<void> {
    await gate.promise
    currentScope()?.observeWrite('rows')
    throw new Error('after the commit')
  })
  await using mizan = app([rows, publish])
  // Twice: the first run learns the tag, the second is kept under it.
  await read(mizan)
  await read(mizan)
  expect((await call(mizan, 'publish')).status).toBe(504)
  expect(await read(mizan)).toMatchObject({ news: '0/2' })
  gate.resolve()
  await expect.poll(() => read(mizan)).toMatchObject({ news: '0/3' })
})

test('closing waits for a function that goes on after its time-out', async () => {
  const gate = latch()
  const trace: string[] = []
  const slow = client({ timeout: 5 }, async function slow(): Promise<void> {
    await gate.promise
    trace.push('committed')
  })
  const plugins = [{ name: 'database', stop: () => void trace.push('stopped') }]
  const mizan = app([slow], { plugins })
  expect((await call(mizan, 'slow')).status).toBe(504)
  const closed = mizan.close()
  gate.resolve()
  await closed
  expect(trace).toEqual(['committed', 'stopped'])
})

test('a mutation whose client leaves is carried to its end and purges', async () => {
  const gate = latch()
  const visitor = new AbortController()
  const publish = client({ affects: News }, async function publish(): Promise<boolean> {
    visitor.abort()
    await gate.promise
    return getSignal().aborted
  })
  await using mizan = app([publish])
  await read(mizan)
  const answer = mizan.handle({
    method: 'POST',
    path: '/api/mizan/call/publish/',
    query: '',
    headers: { 'content-type': 'application/json' },
    body: null,
    parsed: {},
    signal: visitor.signal,
  })
  gate.resolve()
  expect((await answer).body).toBe('{"invalidate":["news"],"result":true}')
  expect(await read(mizan)).toEqual({ news: '0/2' })
})

test('nothing mutates by GET or HEAD, whatever the route does by POST', async () => {
  const publish = client(
    { affects: News, route: '/publish/', methods: ['GET', 'POST'] },
    function publish(signs: string): Response {
      if (signs === 'in') void signIn('ada')
      if (signs === 'off') invalidate(News)
      return view(String(currentScope()?.mutates))
    },
  )
  await using mizan = app([publish])
  for (const method of ['GET', 'HEAD']) {
    const page = await send(mizan, '/publish/', { method })
    expect([page.text, page.headers.get('x-mizan-invalidate')]).toEqual(['false', undefined])
    for (const signs of ['in', 'off']) {
      const answer = await send(mizan, `/publish/?signs=%22${signs}%22`, { method })
      expect([answer.status, answer.cookies]).toEqual([500, []])
    }
  }
  expect((await send(mizan, '/publish/', { method: 'POST' })).text).toBe('true')
})

test('an answer that is an error clears a worthless cookie as well', async () => {
  const secrets = client({ auth: true }, function secrets(): void {})
  await using mizan = app([secrets])
  const cookie = 'mizan-session=forged'
  for (const [fn, status] of [
    ['secrets', 401],
    ['no_such_function', 404],
  ] as const) {
    const answer = await call(mizan, fn, {}, { cookie })
    expect(answer.status).toBe(status)
    expect(answer.cookies).toEqual([expect.stringMatching(/^mizan-session=; .*Max-Age=0/)])
  }
})

test('a layer that throws before its first promise fails the call like any other', async () => {
  const work = client(
    {
      use: [
        () => {
          throw new Error('no layer of mine')
        },
      ],
    },
    function work(): void {},
  )
  await using mizan = app([work])
  expect((await call(mizan, 'work')).json).toMatchObject({ error: { code: 'INTERNAL' } })
})

test('an old session is worth nothing after the next sign-in', async () => {
  const sessions = new MemorySessionStore()
  await using mizan = app([], { identity: { ...identity, sessions } })
  const planted = await cookieOf(mizan, 'mallory')
  await call(mizan, 'enter', { id: 'ada' }, { cookie: planted })
  const answer = await send(mizan, '/api/mizan/ctx/news/', { headers: { cookie: planted } })
  expect(answer.cookies).toHaveLength(1)
})

function raise(): never {
  throw new Error('the password is hunter2')
}

function circle(): object {
  const value: { self?: object } = {}
  value.self = value
  return value
}

function latch(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((done) => (resolve = done))
  return { promise, resolve }
}
