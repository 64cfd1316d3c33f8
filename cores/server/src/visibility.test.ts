import { AsyncLocalStorage } from 'node:async_hooks'
import { expect, test } from 'vitest'
import { call, send, silentLogger } from '../test/send.ts'
import {
  type App,
  client,
  collect,
  createApp,
  currentScope,
  defineContext,
  definePlugin,
  getPrincipal,
  getRequest,
  GlobalContext,
  type Principal,
  signIn,
} from './index.ts'

const News = defineContext('news')
const secret = 'a-cache-secret-for-tests-of-32-bytes!!'
const identity = {
  secret: 'a-secret-for-tests-of-32-bytes-or-more',
  cookie: { secure: false },
  resolve: (id: string): Promise<Principal | null> =>
    Promise.resolve({ id, staff: false, superuser: false }),
}

/** An app whose one context runs `read`, and counts how often. */
function counting(read: () => unknown): { readonly app: App; readonly runs: () => number } {
  let runs = 0
  const headlines = client({ context: News }, function headlines(): unknown {
    runs += 1
    return read()
  })
  const publish = client({ affects: News }, function publish(): void {})
  const enter = client(function enter(id: string): Promise<void> {
    return signIn(id)
  })
  const app = createApp({
    functions: collect(headlines, publish, enter),
    cache: { secret },
    identity,
    logger: silentLogger(),
  })
  return { app, runs: () => runs }
}

test('a run that touches nobody is shared by everybody, until a mutation', async () => {
  const { app, runs } = counting(() => 'public')
  await using mizan = app
  const cookie = await signedIn(mizan, 'ada')
  await send(mizan, '/api/mizan/ctx/news/')
  await send(mizan, '/api/mizan/ctx/news/', { headers: { cookie } })
  expect(runs()).toBe(1)
  await call(mizan, 'publish')
  await send(mizan, '/api/mizan/ctx/news/')
  expect(runs()).toBe(2)
})

test('a run that reads the principal is kept for that principal only', async () => {
  const { app, runs } = counting(() => getPrincipal()?.id ?? 'nobody')
  await using mizan = app
  const [ada, bob] = [await signedIn(mizan, 'ada'), await signedIn(mizan, 'bob')]
  const read = async (cookie: string): Promise<unknown> =>
    (await send(mizan, '/api/mizan/ctx/news/', { headers: { cookie } })).json
  expect([await read(ada), await read(bob), await read(ada), await read('')]).toEqual(
    ['ada', 'bob', 'ada', 'nobody'].map((headlines) => ({ headlines })),
  )
  expect(runs()).toBe(3)
})

test('a run that reads the request is kept for nobody, and the edge is told nothing', async () => {
  const { app, runs } = counting(() => getRequest().header('accept-language') ?? '')
  await using mizan = app
  await send(mizan, '/api/mizan/ctx/news/')
  const second = await send(mizan, '/api/mizan/ctx/news/')
  expect(runs()).toBe(2)
  expect(second.headers.has('x-mizan-cache')).toBe(false)
})

test('a run that read what cannot be placed is kept for nobody', async () => {
  const { app, runs } = counting(() => currentScope()?.observeRead('*'))
  await using mizan = app
  await send(mizan, '/api/mizan/ctx/news/')
  await send(mizan, '/api/mizan/ctx/news/')
  expect(runs()).toBe(2)
})

test('what middleware keeps in a store of its own cannot reach a function', async () => {
  const own = new AsyncLocalStorage<string>()
  const { app } = counting(() => own.getStore() ?? 'clean')
  await using mizan = app
  const answer = await own.run('leak', () => send(mizan, '/api/mizan/ctx/news/'))
  expect(answer.json).toEqual({ headlines: 'clean' })
})

test("two users never receive each other's global context in 1,000 overlapping requests", async () => {
  const currentUser = client({ context: GlobalContext }, async function currentUser(): Promise<
    string | null
  > {
    await new Promise(setImmediate)
    const id = getPrincipal()?.id ?? null
    await new Promise(setImmediate)
    return id
  })
  const enter = client({ affects: GlobalContext }, function enter(id: string): Promise<void> {
    return signIn(id)
  })
  const touch = client({ affects: GlobalContext }, function touch(): void {})
  await using app = createApp({
    functions: collect(currentUser, enter, touch),
    cache: { secret },
    identity,
    logger: silentLogger(),
  })
  const people = ['ada', 'bob', '']
  const cookies = await Promise.all(people.map((id) => (id === '' ? '' : signedIn(app, id))))
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, async (_, index) => {
      const at = index % people.length
      if (index % 50 === 0) await call(app, 'touch')
      return {
        expected: people[at] || null,
        got: (await send(app, '/api/mizan/ctx/global/', { headers: { cookie: cookies[at] ?? '' } }))
          .json,
      }
    }),
  )
  expect(
    answers.filter(
      ({ expected, got }) => JSON.stringify(got) !== JSON.stringify({ current_user: expected }),
    ),
  ).toEqual([])
})

test('layers of plugins stand around each run, in the order of their dependencies', async () => {
  const trace: string[] = []
  const layer = (name: string, dependsOn: readonly string[]): ReturnType<typeof definePlugin> =>
    definePlugin({
      name,
      dependsOn,
      start: () => void trace.push(`start ${name}`),
      stop: () => void trace.push(`stop ${name}`),
      around: async (scope, next) => {
        trace.push(`${name} ${scope.functionName}`)
        return next(scope)
      },
    })
  const fn = client(function work(): string {
    return currentScope()?.functionName ?? ''
  })
  const app = createApp({
    functions: collect(fn),
    plugins: [layer('b', ['a']), layer('a', [])],
    logger: silentLogger(),
  })
  expect((await call(app, 'work')).text).toBe('{"result":"work"}')
  await app.close()
  expect(trace).toEqual(['start a', 'start b', 'a work', 'b work', 'stop b', 'stop a'])
})

test('after its time a function answers TIMEOUT, and its late writes still purge', async () => {
  const gate = latch()
  let runs = 0
  const news = client({ context: News }, function news(): number {
    return (runs += 1)
  })
  const slow = client({ affects: News, timeout: 5 }, function slow(): Promise<void> {
    return gate.promise
  })
  await using app = createApp({
    functions: collect(news, slow),
    cache: { secret },
    logger: silentLogger(),
  })
  const read = async (): Promise<string> => (await send(app, '/api/mizan/ctx/news/')).text
  expect([await read(), (await call(app, 'slow')).status, await read()]).toEqual([
    '{"news":1}',
    504,
    '{"news":1}',
  ])
  gate.resolve()
  await expect.poll(read).toBe('{"news":2}')
})

test('ambient functions outside a request say so', () => {
  expect(() => getPrincipal()).toThrow(/outside a request/)
  expect(currentScope()).toBeUndefined()
})

test('a read may not sign in or invalidate', async () => {
  const { app } = counting(() => signIn('x'))
  await using mizan = app
  expect((await send(mizan, '/api/mizan/ctx/news/')).status).toBe(500)
})

async function signedIn(app: App, id: string): Promise<string> {
  return (await call(app, 'enter', { id })).cookies[0]?.split(';')[0] ?? ''
}

function latch(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((done) => (resolve = done))
  return { promise, resolve }
}

test('data tags leave the server as digests: read on a context, changed on a mutation', async () => {
  const rows = client({ context: News }, function rows(): string {
    currentScope()?.observeRead('rows:*')
    return 'x'
  })
  const write = client(function write(): void {
    currentScope()?.observeWrite('rows')
    currentScope()?.observeWrite('rows:*')
  })
  const options = { functions: collect(rows, write), logger: silentLogger() }
  await using app = createApp({ ...options, cache: { secret } })
  const read = await send(app, '/api/mizan/ctx/news/')
  const tag = read.headers.get('x-mizan-tags') ?? ''
  expect(tag).toMatch(/^[0-9a-f]{32}$/)
  expect(read.headers.get('x-mizan-cache')).toContain(`tags=news+${tag};`)
  const changed = (await call(app, 'write')).headers
  expect(changed.get('x-mizan-changed')?.split(', ')).toContain(tag)
  expect(changed.has('x-mizan-invalidate')).toBe(false)
  await using uncached = createApp(options)
  expect((await send(uncached, '/api/mizan/ctx/news/')).headers.has('x-mizan-cache')).toBe(false)
})
