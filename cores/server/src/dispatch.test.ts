import type { ArtifactParam, JsonSchema } from '@mizan/protocol'
import { expect, test } from 'vitest'
import { call, send, silentLogger } from '../test/send.ts'
import {
  type App,
  client,
  collect,
  createApp,
  defineContext,
  defineError,
  defineToken,
  type Fn,
  type Functions,
  getPrincipal,
  getRequest,
  GlobalContext,
  inject,
  invalidate,
  type Principal,
  provide,
  redirect,
  type Service,
  signIn,
  signOut,
  view,
} from './index.ts'

const UserContext = defineContext('user')
const Greeting = defineToken<string>('Greeting')
const OutOfStock = defineError('OUT_OF_STOCK', { status: 409 })

class Users {
  readonly #greeting = inject(Greeting)
  readonly #names = new Map([[5, 'Ryth']])

  @client({ context: UserContext }) userProfile(userId: number): object {
    return { name: this.#names.get(userId) ?? null, greeting: this.#greeting }
  }
  @client({ context: UserContext }) userOrders(userId: number, page = 1): object[] {
    return [{ userId, page }]
  }
  @client({ affects: UserContext }) updateProfile(userId: number, name: string): void {
    this.#names.set(userId, name)
  }
  @client({ affects: UserContext.only('userProfile') }) rename(userId: number): number {
    return userId
  }
  @client({ affects: UserContext }) explicit(userId: number): void {
    invalidate(UserContext, { userId: userId + 1 })
  }
  @client({ affects: UserContext, private: true }) hidden(): string {
    return 'hidden'
  }
  @client({ affects: UserContext }) static fails(kind: string): void {
    if (kind === 'stock') throw new OutOfStock()
    throw new Error('secret detail')
  }
  @client({ auth: 'staff' }) adminOnly(): string {
    return 'admin'
  }
}

const currentUser = client({ context: GlobalContext }, function currentUser(): string | null {
  return getPrincipal()?.id ?? null
})
const enter = client({ affects: GlobalContext }, function enter(id: string): Promise<void> {
  return signIn(id)
})
const leave = client({ affects: GlobalContext }, function leave(): Promise<void> {
  return signOut()
})
const profilePage = client(
  { context: UserContext, route: '/profile/:slug/' },
  function profilePage(slug: string): Response {
    return view(`<p>${slug}</p>`, { headers: { vary: 'cookie', 'cache-control': 'public' } })
  },
)
const renamePage = client(
  { affects: UserContext, route: '/profile/:userId/rename/' },
  function renamePage(userId: number): Response {
    return redirect(`/profile/${userId}/`)
  },
)
const hook = client(
  { affects: UserContext, private: true, route: '/hooks/in/' },
  async function hook(): Promise<void> {
    if ((await getRequest().text()) !== 'raw') throw new OutOfStock()
  },
)
const all: readonly (Fn | Service)[] = [
  Users,
  currentUser,
  enter,
  leave,
  profilePage,
  renamePage,
  hook,
]

/** What the compiler would have read: `collect` knows names only. */
function typed(functions: Functions): Functions {
  const types = new Map<string, JsonSchema>([
    ['user_id', { type: 'integer' }],
    ['page', { type: 'integer' }],
    ['slug', { type: 'string' }],
  ])
  const params = <T extends { readonly params: readonly ArtifactParam[] }>(holder: T): T => ({
    ...holder,
    params: holder.params.map((param) => ({ ...param, schema: types.get(param.name) ?? {} })),
  })
  const { artifact } = functions
  const entries = <T extends { readonly params: readonly ArtifactParam[] }>(
    record: Readonly<Record<string, T>>,
  ): Record<string, T> =>
    Object.fromEntries(Object.entries(record).map(([name, holder]) => [name, params(holder)]))
  return {
    ...functions,
    artifact: {
      ...artifact,
      functions: entries(artifact.functions),
      contexts: entries(artifact.contexts),
    },
  }
}

function app(options: Partial<Parameters<typeof createApp>[0]> = {}): App {
  return createApp({
    functions: typed(collect(...all)),
    provide: [provide(Greeting, 'hi')],
    logger: silentLogger(),
    ...options,
  })
}

const identity = {
  secret: 'a-secret-for-tests-of-32-bytes-or-more',
  cookie: { secure: false },
  resolve: (id: string): Promise<Principal | null> =>
    Promise.resolve({ id, staff: id === 'root', superuser: false }),
}

test('a context is one flat object with sorted keys, each member given the params it declares', async () => {
  await using mizan = app()
  const { status, text, headers } = await send(
    mizan,
    '/api/mizan/ctx/user?user_id=5&page=2&other=x&other=y',
  )
  expect(status).toBe(200)
  expect(text).toBe(
    '{"user_orders":[{"userId":5,"page":2}],"user_profile":{"name":"Ryth","greeting":"hi"}}',
  )
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.has('vary')).toBe(false)
})

test('a mutation names what it invalidates in body and header, scoped by argument names', async () => {
  await using mizan = app()
  const { text, headers } = await call(mizan, 'update_profile', { user_id: 5, name: 'Ada' })
  expect(text).toBe('{"invalidate":[{"context":"user","params":{"user_id":5}}],"result":null}')
  expect(headers.get('x-mizan-invalidate')).toBe('user;user_id=5')
  expect((await send(mizan, '/api/mizan/ctx/user/?user_id=5')).json).toMatchObject({
    user_profile: { name: 'Ada' },
  })
})

test('function targets and explicit invalidation take their own forms', async () => {
  await using mizan = app()
  expect((await call(mizan, 'rename', { user_id: 5 })).headers.get('x-mizan-invalidate')).toBe(
    'user.user_profile;user_id=5',
  )
  expect((await call(mizan, 'explicit', { user_id: 5 })).headers.get('x-mizan-invalidate')).toBe(
    'user;user_id=6',
  )
})

test('without targets there is neither header nor key, and both forms of a call are one', async () => {
  await using mizan = app({ identity })
  const root = cookieOf(await call(mizan, 'enter', { id: 'root' }))
  const answer = await send(mizan, '/api/mizan/call/admin_only/', {
    body: {},
    headers: { cookie: root },
  })
  expect(answer.text).toBe('{"result":"admin"}')
  expect(answer.headers.has('x-mizan-invalidate')).toBe(false)
})

test('private, context and unknown functions answer the same 404 bytes', async () => {
  await using mizan = app()
  const answers = await Promise.all(
    ['hidden', 'user_profile', 'nobody', '__proto__', 'constructor'].map((fn) => call(mizan, fn)),
  )
  expect(new Set(answers.map((answer) => answer.text))).toEqual(
    new Set(['{"error":{"code":"NOT_FOUND","message":"No such function"}}']),
  )
  expect(answers.every((answer) => answer.status === 404)).toBe(true)
})

test('application errors carry their code; unknown ones only an id that stands in the log', async () => {
  const logger = silentLogger()
  await using mizan = app({ logger })
  const known = await call(mizan, 'fails', { kind: 'stock' })
  expect(known.status).toBe(409)
  expect(known.text).toBe('{"error":{"code":"OUT_OF_STOCK","message":"OUT_OF_STOCK"}}')
  const unknown = await call(mizan, 'fails', { kind: 'x' })
  expect(unknown.status).toBe(500)
  expect(unknown.text).not.toContain('secret detail')
  expect(unknown.json).toEqual({
    error: {
      code: 'INTERNAL',
      id: expect.any(String),
      message: 'Something went wrong on the server',
    },
  })
  expect(logger.lines).toHaveLength(1)
})

test.each([
  ['GET', '/api/mizan/call/', undefined, {}, 405, 'METHOD_NOT_ALLOWED'],
  ['DELETE', '/api/mizan/ctx/user/', undefined, {}, 405, 'METHOD_NOT_ALLOWED'],
  ['POST', '/api/mizan/ctx/user/', '{}', {}, 405, 'METHOD_NOT_ALLOWED'],
  ['POST', '/api/mizan/call/', '{', {}, 400, 'BAD_REQUEST'],
  ['POST', '/api/mizan/call/', '[]', {}, 400, 'BAD_REQUEST'],
  ['POST', '/api/mizan/call/', '{"fn":1}', {}, 400, 'BAD_REQUEST'],
  ['POST', '/api/mizan/call/', '{"fn":"rename","args":[1]}', {}, 400, 'BAD_REQUEST'],
  [
    'POST',
    '/api/mizan/call/',
    'fn=rename',
    { 'content-type': 'text/plain' },
    415,
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  ['POST', '/api/mizan/call/', `{"fn":"${'x'.repeat(2_000_000)}"}`, {}, 413, 'PAYLOAD_TOO_LARGE'],
  ['POST', '/api/mizan/call/', '['.repeat(100_000) + ']'.repeat(100_000), {}, 400, 'BAD_REQUEST'],
  [
    'POST',
    '/api/mizan/call/',
    '{"fn":"rename"}',
    { 'sec-fetch-site': 'cross-site' },
    403,
    'FORBIDDEN',
  ],
  ['POST', '/api/mizan/call/', '{"fn":"rename"}', { origin: 'null' }, 403, 'FORBIDDEN'],
  ['GET', '/api/mizan/ctx/user/?user_id=5&user_id=6', undefined, {}, 400, 'BAD_REQUEST'],
  ['GET', '/api/mizan/ctx/nobody/', undefined, {}, 404, 'NOT_FOUND'],
  ['GET', '/api/mizan/', undefined, {}, 404, 'NOT_FOUND'],
] as const)('%s %s with %s answers %i %s', async (method, target, raw, headers, status, code) => {
  await using mizan = app()
  const answer = await send(mizan, target, {
    method,
    ...(raw === undefined ? {} : { raw }),
    headers,
  })
  expect(answer.json).toMatchObject({ error: { code } })
  expect(answer.status).toBe(status)
  expect(answer.headers.get('cache-control')).toBe('no-store')
})

test('a context answers with an ETag and knows it again', async () => {
  await using mizan = app()
  const first = await send(mizan, '/api/mizan/ctx/user/?user_id=5')
  const etag = first.headers.get('etag') ?? ''
  const again = await send(mizan, '/api/mizan/ctx/user/?user_id=5', {
    headers: { 'if-none-match': `"x", W/${etag}` },
  })
  expect(again).toMatchObject({ status: 304, text: '' })
  expect(first.headers.get('x-mizan-cache')).toMatch(/^private; ttl=86400; tags=user\+/)
})

test('QUERY takes the params from a body, also by override, which counts as unsafe', async () => {
  await using mizan = app()
  const expected = (await send(mizan, '/api/mizan/ctx/user/?user_id=5')).text
  expect(
    (await send(mizan, '/api/mizan/ctx/user/', { method: 'QUERY', body: { user_id: 5 } })).text,
  ).toBe(expected)
  const headers = { 'x-http-method-override': 'QUERY' }
  expect((await send(mizan, '/api/mizan/ctx/user/', { body: { user_id: 5 }, headers })).text).toBe(
    expected,
  )
  const foreign = await send(mizan, '/api/mizan/ctx/user/', {
    body: {},
    headers: { ...headers, 'sec-fetch-site': 'cross-site' },
  })
  expect(foreign.status).toBe(403)
})

test('a page has its route, forbids HTTP caches whatever it says, and mutations name targets in the header', async () => {
  await using mizan = app()
  expect(mizan.owns('GET', '/profile/5/')).toBe(true)
  expect(mizan.owns('POST', '/profile/5/')).toBe(false)
  const page = await send(mizan, '/profile/%3Cb%3E/')
  expect(page.text).toBe('<p><b></p>')
  expect(page.headers.get('cache-control')).toBe('no-store')
  expect(page.headers.has('vary')).toBe(false)
  const renamed = await send(mizan, '/profile/5/rename/', { method: 'POST' })
  expect(renamed).toMatchObject({ status: 303, text: '' })
  expect(renamed.headers.get('location')).toBe('/profile/5/')
  expect(renamed.headers.get('x-mizan-invalidate')).toBe('user;user_id=5')
})

test('a private function with a route takes raw bytes', async () => {
  await using mizan = app()
  const answer = await send(mizan, '/hooks/in/', {
    raw: 'raw',
    headers: { 'content-type': 'application/octet-stream' },
  })
  expect(answer.status).toBe(204)
  expect(answer.headers.get('x-mizan-invalidate')).toBe('user')
})

test('sign-in sets a session that later requests have, sign-out ends it', async () => {
  await using mizan = app({ identity })
  const entered = await call(mizan, 'enter', { id: 'ada' })
  expect(entered.headers.get('x-mizan-session')).toBe('changed')
  const cookie = cookieOf(entered)
  expect((await send(mizan, '/api/mizan/ctx/global/', { headers: { cookie } })).text).toBe(
    '{"current_user":"ada"}',
  )
  expect((await send(mizan, '/api/mizan/ctx/global/')).text).toBe('{"current_user":null}')
  await call(mizan, 'leave', {}, { cookie })
  const after = await send(mizan, '/api/mizan/ctx/global/', { headers: { cookie } })
  expect(after.text).toBe('{"current_user":null}')
  expect(after.cookies).toHaveLength(1)
})

test('guards tell anonymous callers from those who may not', async () => {
  await using mizan = app({ identity })
  expect((await call(mizan, 'admin_only')).status).toBe(401)
  const cookie = cookieOf(await call(mizan, 'enter', { id: 'ada' }))
  expect((await call(mizan, 'admin_only', {}, { cookie })).status).toBe(403)
})

test('a client of another version is told so where its call makes no sense', async () => {
  await using mizan = app()
  const headers = { 'x-mizan-artifact': 'ffffffffffffffff' }
  expect((await call(mizan, 'gone', {}, headers)).json).toMatchObject({
    error: { code: 'CLIENT_OUTDATED' },
  })
  expect((await call(mizan, 'rename', { user_id: 5 }, headers)).status).toBe(200)
})

test('app.call is the whole dispatch', async () => {
  await using mizan = app({ identity })
  const root: Principal = { id: 'root', staff: true, superuser: false }
  expect(await mizan.call(Users.prototype.adminOnly, [], root)).toBe('admin')
  await expect(mizan.call(Users.prototype.adminOnly, [])).rejects.toMatchObject({
    code: 'UNAUTHORIZED',
  })
  await expect(mizan.call(() => 1, [])).rejects.toThrow(/not a function of this app/)
})

test('a missing dependency stops the start, and requests are told so', async () => {
  const logger = silentLogger()
  await using mizan = app({ provide: [], logger })
  await expect(mizan.start()).rejects.toThrow(/nothing provides it/)
  expect((await call(mizan, 'rename', { user_id: 1 })).status).toBe(503)
})

test('after close no request is taken', async () => {
  const mizan = app()
  await mizan.start()
  await mizan.close()
  expect((await call(mizan, 'rename', { user_id: 1 })).json).toMatchObject({
    error: { code: 'UNAVAILABLE' },
  })
})

function cookieOf(answer: { readonly cookies: readonly string[] }): string {
  return answer.cookies[0]?.split(';')[0] ?? ''
}
