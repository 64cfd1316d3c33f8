import type { Headers, ProtocolRequest } from '@mizan/protocol'
import { describe, expect, test } from 'vitest'
import { createIdentity } from './identity.ts'
import type { Identity, IdentityOptions } from './identity-options.ts'
import { MemorySessionStore } from './memory-session-store.ts'
import type { Principal } from './principal.ts'
import type { Session, SessionStore } from './sessions.ts'

const secret = 'a-secret-of-this-test-with-32-bytes!'
const people = new Map<string, Principal>(
  ['ada', 'bob'].map((id) => [id, { id, staff: false, superuser: false }]),
)

function requestWith(headers: Headers = {}, method = 'POST'): ProtocolRequest {
  return {
    method,
    path: '/api/mizan/call/',
    query: '',
    headers: { host: 'app.example.com', ...headers },
    body: null,
    signal: new AbortController().signal,
  }
}

interface Fixture {
  readonly identity: Identity
  readonly sessions: Map<string, Session>
  readonly time: { now: number }
}

function create(options: Partial<IdentityOptions> = {}): Fixture {
  const time = { now: 1_700_000_000_000 }
  const sessions = new Map<string, Session>()
  const memory = new MemorySessionStore({ clock: () => time.now })
  const store: SessionStore = {
    create: (session, ttl) =>
      memory.create(sessions.set(session.id, session).get(session.id) ?? session, ttl),
    get: (id) => memory.get(id),
    delete: (id) => memory.delete(id).then(() => void sessions.delete(id)),
  }
  const resolve = async (id: string): Promise<Principal | null> => people.get(id) ?? null
  const identity = createIdentity(
    { secret, sessions: store, resolve, ...options },
    { clock: () => time.now },
  )
  return { identity, sessions, time }
}

/** What a browser would send back. */
function pair(setCookie: string): string {
  return setCookie.split(';')[0] ?? ''
}

async function signedIn(fixture: Fixture, id = 'ada'): Promise<string> {
  return pair(await fixture.identity.signIn(await fixture.identity.identify(requestWith()), id))
}

const clearing = '__Host-mizan-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure'

describe('sessions', () => {
  test('a sign-in is a cookie that only this host can set and no script can read', async () => {
    const { identity } = create()
    const cookie = await identity.signIn(await identity.identify(requestWith()), 'ada')
    expect(cookie).toMatch(
      /^__Host-mizan-session=[\w-]{43}\.[\w-]{43}; Path=\/; Max-Age=1209600; HttpOnly; SameSite=Lax; Secure$/,
    )
    const { principal, viaHeader, setCookies } = await identity.identify(
      requestWith({ cookie: pair(cookie) }),
    )
    expect({ principal, viaHeader, setCookies }).toEqual({
      principal: people.get('ada'),
      viaHeader: false,
      setCookies: [],
    })
  })

  test('without Secure the cookie has no prefix, for development over plain http', async () => {
    const fixture = create({ cookie: { secure: false, maxAge: 60 } })
    const cookie = await fixture.identity.signIn(
      await fixture.identity.identify(requestWith()),
      'ada',
    )
    expect(cookie).toMatch(/^mizan-session=[\w.-]+; Path=\/; Max-Age=60; HttpOnly; SameSite=Lax$/)
    expect(
      (await fixture.identity.identify(requestWith({ cookie: pair(cookie) }))).principal?.id,
    ).toBe('ada')
  })

  test('the store holds a digest, not what the cookie holds', async () => {
    const fixture = create()
    const cookie = await signedIn(fixture)
    const [session] = fixture.sessions.values()
    expect(session?.id).toMatch(/^[0-9a-f]{64}$/)
    expect(cookie).not.toContain(session?.id)
    expect(JSON.stringify([...fixture.sessions])).not.toContain(cookie.slice(22, 60))
  })

  test('sign-in makes a new session and ends the old one', async () => {
    const fixture = create()
    const { identity, sessions } = fixture
    const planted = await signedIn(fixture, 'bob')
    const next = pair(
      await identity.signIn(await identity.identify(requestWith({ cookie: planted })), 'ada'),
    )
    expect(next).not.toBe(planted)
    expect(sessions.size).toBe(1)
    expect((await identity.identify(requestWith({ cookie: planted }))).principal).toBeUndefined()
    expect((await identity.identify(requestWith({ cookie: next }))).principal?.id).toBe('ada')
  })

  test('sign-out ends the session and clears the cookie', async () => {
    const fixture = create()
    const { identity, sessions } = fixture
    const cookie = await signedIn(fixture)
    expect(await identity.signOut(await identity.identify(requestWith({ cookie })))).toBe(clearing)
    expect(sessions.size).toBe(0)
    expect(await identity.identify(requestWith({ cookie }))).toMatchObject({
      principal: undefined,
      setCookies: [clearing],
    })
  })

  test('a session ends after its time, whatever the store thinks', async () => {
    const forgetful = create({ cookie: { maxAge: 60 } })
    const cookie = await signedIn(forgetful)
    forgetful.time.now += 59_999
    expect((await forgetful.identity.identify(requestWith({ cookie }))).principal?.id).toBe('ada')
    forgetful.time.now += 1
    expect((await forgetful.identity.identify(requestWith({ cookie }))).setCookies).toEqual([
      clearing,
    ])
  })

  test('a principal that is gone ends the session', async () => {
    let gone = false
    const fixture = create({ resolve: async (id) => (gone ? null : (people.get(id) ?? null)) })
    const cookie = await signedIn(fixture)
    gone = true
    expect(await fixture.identity.identify(requestWith({ cookie }))).toMatchObject({
      principal: undefined,
      setCookies: [clearing],
    })
    expect(fixture.sessions.size).toBe(0)
  })

  test('signing in somebody whom resolve does not know is refused', async () => {
    const { identity } = create()
    await expect(identity.signIn(await identity.identify(requestWith()), 'eve')).rejects.toThrow(
      new TypeError('signIn("eve"): identity.resolve knows no such principal'),
    )
  })

  test('a store that is down is an error, not a signed-out caller', async () => {
    const fixture = create()
    const cookie = await signedIn(fixture)
    const down = (): Promise<never> => Promise.reject(new Error('connection refused'))
    const { identity } = create({ sessions: { create: down, get: down, delete: down } })
    await expect(identity.identify(requestWith({ cookie }))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      cause: { message: 'connection refused' },
    })
  })

  test('a secret under 32 bytes is refused', () => {
    expect(() => create({ secret: 'short' })).toThrow(
      /^identity.secret must have at least 32 bytes, got 5; /,
    )
  })
})

describe('cookies that must not be believed', () => {
  test.each<[string, (cookie: string) => Headers['cookie']]>([
    ['another MAC', (cookie) => `${cookie.slice(0, -2)}xx`],
    ['no MAC', (cookie) => cookie.slice(0, -44)],
    ['something appended', (cookie) => `${cookie}.x`],
    ['nothing in it', () => '__Host-mizan-session='],
    ['the same name twice', (cookie) => `${cookie}; ${cookie}`],
    ['the same name in two headers', (cookie) => [cookie, '__Host-mizan-session=x']],
    ['a line break', (cookie) => `a=1\r\nx: y; ${cookie}`],
    ['a null byte', (cookie) => `a=\0; ${cookie}`],
    ['a header of 20 kB', (cookie) => `a=${'x'.repeat(20_000)}; ${cookie}`],
  ])('%s is an anonymous caller with a clearing cookie', async (_name, forge) => {
    const fixture = create()
    const cookie = forge(await signedIn(fixture))
    const identified = await fixture.identity.identify(requestWith({ cookie }))
    expect(identified).toEqual({
      principal: undefined,
      sessionId: undefined,
      viaHeader: false,
      setCookies: [clearing],
    })
  })

  test('a session of another secret, and a value sealed for another purpose, are none', async () => {
    const fixture = create()
    const other = create({ secret: 'another-secret-with-at-least-32-bytes' })
    const cookie = await signedIn(other)
    expect((await fixture.identity.identify(requestWith({ cookie }))).setCookies).toEqual([
      clearing,
    ])
    const form = fixture.identity.csrfToken(requestWith()).setCookie ?? ''
    const swapped = pair(form).replace('mizan-form', 'mizan-session')
    expect((await fixture.identity.identify(requestWith({ cookie: swapped }))).setCookies).toEqual([
      clearing,
    ])
  })

  test('cookies of others are left alone', async () => {
    const fixture = create()
    const cookie = await signedIn(fixture)
    const noisy = `theme=dark; mizan-session=planted; x__Host-mizan-session=1; ${cookie}; last="a b"`
    expect((await fixture.identity.identify(requestWith({ cookie: noisy }))).principal?.id).toBe(
      'ada',
    )
    expect(await fixture.identity.identify(requestWith({ cookie: 'theme=dark' }))).toMatchObject({
      principal: undefined,
      setCookies: [],
    })
  })

  test('an explicit token that nothing here can check is 401', async () => {
    await expect(
      create().identity.identify(requestWith({ 'x-mizan-token': 'x' })),
    ).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
      status: 401,
    })
  })
})

describe('unsafe requests', () => {
  const trustedOrigins = ['https://admin.example.com']
  const own = 'https://app.example.com'
  const admin = 'https://admin.example.com'

  test.each<[string, Headers]>([
    ['Sec-Fetch-Site same-origin', { 'sec-fetch-site': 'same-origin' }],
    ['Sec-Fetch-Site none', { 'sec-fetch-site': 'none' }],
    ['neither header: no browser', {}],
    ['our Origin', { origin: own }],
    ['our Origin, host with the default port', { origin: own, host: 'app.example.com:443' }],
    ['our Origin, host in capitals', { origin: own, host: 'App.Example.com' }],
    [
      'our Origin on another port',
      { origin: 'https://app.example.com:8443', host: 'app.example.com:8443' },
    ],
    ['our Origin over HTTP/2', { origin: own, host: undefined, ':authority': 'app.example.com' }],
    ['plain http on this machine', { origin: 'http://localhost:5173', host: 'localhost:5173' }],
    ['a trusted Origin', { origin: admin }],
    ['a trusted Origin from another site', { origin: admin, 'sec-fetch-site': 'cross-site' }],
  ])('%s passes', (_name, headers) => {
    const { identity } = create({ trustedOrigins })
    expect(() => identity.checkSameOrigin(requestWith(headers), {})).not.toThrow()
  })

  test.each<[string, Headers]>([
    ['Sec-Fetch-Site cross-site', { 'sec-fetch-site': 'cross-site' }],
    ['Sec-Fetch-Site same-site: a sibling is not us', { 'sec-fetch-site': 'same-site' }],
    ['an unknown Sec-Fetch-Site', { 'sec-fetch-site': 'Same-Origin' }],
    ['an empty Sec-Fetch-Site', { 'sec-fetch-site': '' }],
    ['Sec-Fetch-Site before our Origin', { 'sec-fetch-site': 'cross-site', origin: own }],
    ['Sec-Fetch-Site twice', { 'sec-fetch-site': ['same-origin', 'same-origin'] }],
    ['a null Origin', { origin: 'null' }],
    ['an empty Origin', { origin: '' }],
    ['a foreign Origin', { origin: 'https://evil.example' }],
    ['a sibling', { origin: 'https://evil.app.example.com' }],
    ['a suffix', { origin: 'https://app.example.com.evil.example' }],
    ['a user part', { origin: 'https://app.example.com@evil.example' }],
    ['another port', { origin: 'https://app.example.com:8443' }],
    ['another scheme', { origin: 'http://app.example.com' }],
    ['an extension', { origin: 'chrome-extension://app.example.com' }],
    [
      'a host that a proxy claims',
      { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' },
    ],
    ['a forwarded host', { origin: 'https://evil.example', forwarded: 'host=evil.example' }],
    ['an Origin with a path', { origin: `${own}/` }],
    ['a trusted Origin as a prefix', { origin: `${admin}.evil.example` }],
    ['no host to compare with', { origin: own, host: undefined }],
  ])('%s is FORBIDDEN', (_name, headers) => {
    const { identity } = create({ trustedOrigins })
    expect(() => identity.checkSameOrigin(requestWith(headers), {})).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN', status: 403 }),
    )
  })

  test('a page of this host over plain http is told how to become ours', () => {
    const { identity } = create()
    const request = requestWith({ origin: 'http://app.example.com' })
    expect(() => identity.checkSameOrigin(request, {})).toThrow(
      /plain http, while cookies are Secure: .* identity\.cookie\.secure: false/,
    )
  })

  test('without Secure cookies a page over plain http is ours', () => {
    const { identity } = create({ cookie: { secure: false } })
    const request = requestWith({ origin: 'http://board.test:3000', host: 'board.test:3000' })
    expect(() => identity.checkSameOrigin(request, {})).not.toThrow()
  })

  test('a trusted origin must be written as browsers write it', () => {
    for (const origin of [
      'https://admin.example.com/',
      'admin.example.com',
      'null',
      'https://Admin.example.com',
    ]) {
      expect(() => create({ trustedOrigins: [origin] })).toThrow(
        `identity.trustedOrigins must hold origins like "https://app.example.com", got "${origin}"`,
      )
    }
  })
})

describe('form encodings', () => {
  const same = { 'sec-fetch-site': 'same-origin' }
  const passes = (identity: Identity, headers: Headers, formToken?: string): boolean => {
    try {
      identity.checkSameOrigin(
        requestWith({ ...same, ...headers }),
        formToken === undefined ? {} : { formToken },
      )
      return true
    } catch (error) {
      expect(error).toMatchObject({ code: 'FORBIDDEN' })
      return false
    }
  }

  test.each([
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain',
    ' Text/Plain ; charset=utf-8',
  ])('%s needs the token, bound to the cookie that came with it', (type) => {
    const { identity } = create()
    const { token, setCookie = '' } = identity.csrfToken(requestWith())
    expect(setCookie).toMatch(
      /^__Host-mizan-form=[\w-]{43}\.[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
    )
    const cookie = pair(setCookie)
    const headers = { 'content-type': type }
    expect(passes(identity, { ...headers, cookie }, token)).toBe(true)
    expect(passes(identity, { ...headers, cookie })).toBe(false)
    expect(passes(identity, { ...headers, cookie }, '')).toBe(false)
    expect(passes(identity, { ...headers, cookie }, `${token.slice(0, -2)}xx`)).toBe(false)
    expect(passes(identity, headers, token)).toBe(false)
    const other = pair(identity.csrfToken(requestWith()).setCookie ?? '')
    expect(passes(identity, { ...headers, cookie: other }, token)).toBe(false)
  })

  test('JSON needs no token', () => {
    const { identity } = create()
    expect(passes(identity, { 'content-type': 'application/json' })).toBe(true)
  })

  test('a token does not make a foreign request ours', () => {
    const { identity } = create()
    const { token, setCookie = '' } = identity.csrfToken(requestWith())
    const headers = {
      'content-type': 'text/plain',
      cookie: pair(setCookie),
      'sec-fetch-site': 'cross-site',
    }
    expect(passes(identity, headers, token)).toBe(false)
  })

  test('the token stays while its cookie does', () => {
    const { identity } = create()
    const first = identity.csrfToken(requestWith())
    const second = identity.csrfToken(requestWith({ cookie: pair(first.setCookie ?? '') }))
    expect(second).toEqual({ token: first.token })
  })

  test('after sign-in the token is bound to the session, and ends with it', async () => {
    const fixture = create()
    const { identity } = fixture
    const before = identity.csrfToken(requestWith())
    const form = pair(before.setCookie ?? '')
    const cookie = `${form}; ${await signedIn(fixture)}`
    const after = identity.csrfToken(
      requestWith({ cookie }),
      await identity.identify(requestWith({ cookie })),
    )
    expect(after.setCookie).toBeUndefined()
    expect(after.token).not.toBe(before.token)
    const headers = { 'content-type': 'text/plain', cookie }
    expect(passes(identity, headers, after.token)).toBe(true)
    expect(passes(identity, headers, before.token)).toBe(false)
    await identity.signOut(await identity.identify(requestWith({ cookie })))
    const ended = identity.csrfToken(
      requestWith({ cookie }),
      await identity.identify(requestWith({ cookie })),
    )
    expect(ended.token).toBe(before.token)
  })
})
