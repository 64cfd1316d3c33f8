/** PROTOCOL section 7 against a server of node:http: tokens from the first to the last, with memory and with Redis. */

import { generateKeyPairSync } from 'node:crypto'
import { redisServer } from '@mizan/testing/resources'
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { bearer, cookieOf, jwtKey, mwtKey, type TokenApp, tokenApp } from '../../test/token-app.ts'
import { toJwks, type TokenKey } from '../index.ts'
import { permissionKey } from './permission-key.ts'
import { RedisSessionStore } from './redis-session-store.ts'

const refresh = (served: TokenApp, refreshToken: unknown): ReturnType<TokenApp['call']> =>
  served.call('jwt_refresh', { refresh_token: refreshToken })

describe('obtaining tokens', () => {
  test('gives an access and a refresh token with the claims of the protocol', async () => {
    await using served = await tokenApp()
    const pair = await served.obtain('stella')
    expect(pair.expiresIn).toBe(300)
    const [access, next] = [decodeJwt(pair.accessToken), decodeJwt(pair.refreshToken)]
    const shared = { sub: 'stella', staff: true, super: false, iss: 'mizan', aud: 'mizan' }
    expect(access).toEqual({
      ...shared,
      type: 'access',
      sid: expect.stringMatching(/^[0-9a-f]{64}$/),
      jti: expect.any(String),
      iat: 1_700_000_000,
      exp: 1_700_000_300,
    })
    expect(next).toEqual({
      ...shared,
      type: 'refresh',
      sid: access['sid'],
      jti: expect.any(String),
      iat: 1_700_000_000,
      exp: 1_700_604_800,
    })
    expect(next.jti).not.toBe(access.jti)
    expect(decodeProtectedHeader(pair.accessToken)).toEqual({
      alg: 'HS256',
      kid: 'jwt-1',
      typ: 'JWT',
    })
  })

  test('with a wrong name or a wrong password is one answer', async () => {
    await using served = await tokenApp()
    const wrong = await Promise.all([
      served.call('jwt_obtain', { name: 'ada', password: 'x' }),
      served.call('jwt_obtain', { name: 'nobody', password: 'x' }),
    ])
    for (const reply of wrong) expect(reply.outcome).toBe('UNAUTHORIZED CREDENTIALS_WRONG')
    expect(wrong[0]?.body).toEqual(wrong[1]?.body)
  })

  test('ignores whatever credentials come with the request', async () => {
    await using served = await tokenApp()
    const { accessToken } = await served.obtain()
    const stale = [
      bearer('garbage'),
      { 'x-mizan-token': 'garbage' },
      { 'x-mizan-token': await served.obtainMwt(accessToken) },
      { ...bearer('garbage'), cookie: '__Host-mizan-session=garbage' },
    ]
    for (const headers of stale) {
      const args = { name: 'bob', password: "bob's password" }
      const reply = await served.call('jwt_obtain', args, headers)
      expect(reply.outcome).toBe('200')
      const { refreshToken } = reply.body.result as unknown as { refreshToken: string } // cast: a pair
      const next = await served.call('jwt_refresh', { refresh_token: refreshToken }, headers)
      expect(next.outcome).toBe('200')
    }
  })

  test('is never answered from what is kept for an Idempotency-Key', async () => {
    await using served = await tokenApp()
    const key = { 'idempotency-key': 'once' }
    const args = { name: 'ada', password: "ada's password" }
    const replies = [
      await served.call('jwt_obtain', args, key),
      await served.call('jwt_obtain', args, key),
    ]
    const [first, second] = replies.map(
      ({ body }) => body.result as unknown as { refreshToken: string },
    ) // cast: pairs
    expect(first?.refreshToken).not.toBe(second?.refreshToken)
    const token = { refresh_token: first?.refreshToken }
    expect((await served.call('jwt_refresh', token, key)).outcome).toBe('200')
    served.world.now += 10_001
    const reused = await served.call('jwt_refresh', token, key)
    expect(reused.outcome).toBe('UNAUTHORIZED REFRESH_REUSED')
  })

  test('is a sign-in: another site may not do it, valid credentials or not', async () => {
    await using served = await tokenApp()
    const { accessToken, refreshToken } = await served.obtain()
    for (const headers of [{}, bearer(accessToken), bearer('garbage')]) {
      const foreign = { ...headers, 'sec-fetch-site': 'cross-site' }
      const args = { name: 'ada', password: "ada's password" }
      expect((await served.call('jwt_obtain', args, foreign)).outcome).toBe('FORBIDDEN')
      const next = await served.call('jwt_refresh', { refresh_token: refreshToken }, foreign)
      expect(next.outcome).toBe('FORBIDDEN')
    }
  })
})

describe('an access token', () => {
  test('identifies, and lifts the rules against other sites', async () => {
    await using served = await tokenApp()
    const { accessToken } = await served.obtain('stella')
    const foreign = { 'sec-fetch-site': 'cross-site', origin: 'https://else.example' }
    expect((await served.call('whoami', {}, foreign)).outcome).toBe('FORBIDDEN')
    const reply = await served.call('whoami', {}, { ...foreign, ...bearer(accessToken) })
    expect(reply.body).toMatchObject({ result: 'stella' })
    const lower = { authorization: `bearer   ${accessToken}` }
    expect((await served.call('whoami', {}, lower)).body).toMatchObject({ result: 'stella' })
    expect((await served.call('staff_only', {}, bearer(accessToken))).outcome).toBe('200')
    const form = { ...foreign, ...bearer(accessToken) }
    const body = new URLSearchParams({ name: 'x' })
    expect((await served.send('POST', '/submit/', { headers: form, body })).status).toBe(303)
  })

  test('guards ask who somebody is now, not what the token says', async () => {
    await using served = await tokenApp()
    const { accessToken } = await served.obtain('stella')
    served.world.people.set('stella', { id: 'stella', staff: false, superuser: false })
    const reply = await served.call('staff_only', {}, bearer(accessToken))
    expect(reply.outcome).toBe('FORBIDDEN')
    served.world.people.delete('stella')
    const gone = await served.call('staff_only', {}, bearer(accessToken))
    expect(gone.outcome).toBe('UNAUTHORIZED SESSION_ENDED')
  })

  test('many users at once never become each other', async () => {
    await using served = await tokenApp()
    const users = ['ada', 'bob', 'stella']
    const headers = await Promise.all(
      users.map(async (user) => {
        const { accessToken } = await served.obtain(user)
        return [bearer(accessToken), { 'x-mizan-token': await served.obtainMwt(accessToken) }]
      }),
    )
    const asked = Array.from({ length: 150 }, (_, index) => index % users.length)
    const seen = await Promise.all(
      asked.map((who, index) => served.get('ctx/me/', headers[who]?.[index % 2])),
    )
    expect(seen.map(({ body }) => body['me'])).toEqual(asked.map((who) => users[who]))
  })
})

describe.each(['memory', 'Redis'])('refreshing, with sessions in %s', (where) => {
  async function start(): Promise<TokenApp> {
    if (where === 'memory') return tokenApp()
    const server = await redisServer()
    const sessions = new RedisSessionStore(server.url, { timeout: 60_000 })
    const served = await tokenApp({ sessions })
    served.world.now = Date.now()
    return {
      ...served,
      async [Symbol.asyncDispose]() {
        await served[Symbol.asyncDispose]()
        await server[Symbol.asyncDispose]()
      },
    }
  }

  async function pairOf(
    served: TokenApp,
    token: string,
  ): Promise<{ refreshToken: string; accessToken: string }> {
    const reply = await refresh(served, token)
    expect(reply.outcome).toBe('200')
    return reply.body.result as unknown as { refreshToken: string; accessToken: string } // cast: a pair
  }

  test('rotates; the previous token gets the same successor for ten seconds', async () => {
    await using served = await start()
    const first = await served.obtain()
    served.world.now += 60_000
    const second = await pairOf(served, first.refreshToken)
    expect(second.refreshToken).not.toBe(first.refreshToken)
    served.world.now += 10_000
    const again = await pairOf(served, first.refreshToken)
    expect(again.refreshToken).toBe(second.refreshToken)
    for (const { accessToken } of [first, second, again])
      expect((await served.get('ctx/me/', bearer(accessToken))).body).toEqual({ me: 'ada' })
    const third = await pairOf(served, second.refreshToken)
    expect(third.refreshToken).not.toBe(second.refreshToken)
  })

  test('with a token that was used before ends the session and all its tokens', async () => {
    await using served = await start()
    const other = await served.obtain()
    const first = await served.obtain()
    const mwt = await served.obtainMwt(first.accessToken)
    const second = await pairOf(served, first.refreshToken)
    served.world.now += 10_001
    expect((await refresh(served, first.refreshToken)).outcome).toBe('UNAUTHORIZED REFRESH_REUSED')
    for (const token of [first.refreshToken, second.refreshToken])
      expect((await refresh(served, token)).outcome).toBe('UNAUTHORIZED SESSION_ENDED')
    for (const headers of [bearer(second.accessToken), { 'x-mizan-token': mwt }])
      expect((await served.get('ctx/me/', headers)).outcome).toBe('UNAUTHORIZED SESSION_ENDED')
    expect((await served.get('ctx/me/', bearer(other.accessToken))).body).toEqual({ me: 'ada' })
  })

  test('many times at once gives one successor', async () => {
    await using served = await start()
    const first = await served.obtain()
    const pairs = await Promise.all(
      Array.from({ length: 20 }, () => pairOf(served, first.refreshToken)),
    )
    expect(new Set(pairs.map((pair) => pair.refreshToken)).size).toBe(1)
  })

  test('takes nothing but a refresh token', async () => {
    await using served = await start()
    const { accessToken } = await served.obtain()
    const mwt = await served.obtainMwt(accessToken)
    expect((await refresh(served, accessToken)).outcome).toBe('UNAUTHORIZED TOKEN_TYPE')
    expect((await refresh(served, mwt)).outcome).toBe('UNAUTHORIZED TOKEN_TYPE')
    for (const token of ['', 'garbage', null, 5, {}])
      expect((await refresh(served, token)).outcome).toBe('UNAUTHORIZED TOKEN_MALFORMED')
  })

  test('after logging out is refused, as every token of the session', async () => {
    await using served = await start()
    const { accessToken, refreshToken } = await served.obtain()
    expect((await served.call('logout', {}, bearer(accessToken))).outcome).toBe('200')
    expect((await refresh(served, refreshToken)).outcome).toBe('UNAUTHORIZED SESSION_ENDED')
    const reply = await served.get('ctx/me/', bearer(accessToken))
    expect(reply.outcome).toBe('UNAUTHORIZED SESSION_ENDED')
  })

  test('sessions are listed, and ended everywhere else', async () => {
    await using served = await start()
    const [phone, tablet] = [await served.obtain(), await served.obtain()]
    const browser = cookieOf(await served.call('enter', { id: 'ada' }))
    await served.obtain('bob')
    const listed = (await served.call('my_sessions', {}, bearer(phone.accessToken))).body.result
    const sessions = listed as unknown as { kind: string; current: boolean }[] // cast: a list
    expect(sessions.map(({ kind }) => kind).sort()).toEqual(['browser', 'tokens', 'tokens'])
    expect(sessions.filter(({ current }) => current)).toHaveLength(1)
    await served.call('leave_elsewhere', {}, bearer(phone.accessToken))
    expect((await served.get('ctx/me/', bearer(phone.accessToken))).body).toEqual({ me: 'ada' })
    expect((await refresh(served, tablet.refreshToken)).outcome).toBe('UNAUTHORIZED SESSION_ENDED')
    expect((await served.get('ctx/me/', browser)).body).toEqual({ me: null })
  })
})

describe('a session of tokens', () => {
  test('ends when nobody refreshes for seven days, and after ninety in any case', async () => {
    await using served = await tokenApp()
    const day = 86_400_000
    let { refreshToken } = await served.obtain()
    const idle = await served.obtain()
    for (let days = 6; days < 90; days += 6) {
      served.world.now += 6 * day
      const reply = await refresh(served, refreshToken)
      expect(reply.outcome).toBe('200')
      ;({ refreshToken } = reply.body.result as unknown as { refreshToken: string }) // cast: a pair
    }
    expect((await refresh(served, idle.refreshToken)).outcome).toBe('UNAUTHORIZED TOKEN_EXPIRED')
    served.world.now += 6 * day
    expect((await refresh(served, refreshToken)).outcome).toBe('UNAUTHORIZED SESSION_ENDED')
  })
})

describe('an MWT', () => {
  test('has the claims of the protocol and is had for a cookie too', async () => {
    await using served = await tokenApp()
    const cookie = cookieOf(await served.call('enter', { id: 'stella' }))
    const reply = await served.call('mwt_obtain', {}, { ...cookie, 'x-mizan-token': 'an old one' })
    const { token, expiresIn } = reply.body.result as unknown as {
      token: string
      expiresIn: number
    } // cast: an MWT
    expect(expiresIn).toBe(300)
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256', kid: 'mwt-1', typ: 'MWT' })
    expect(decodeJwt(token)).toEqual({
      aud: 'mizan-edge',
      sub: 'stella',
      sid: expect.stringMatching(/^[0-9a-f]{64}$/),
      pkey: permissionKey({ id: 'stella', staff: true, superuser: false }),
      staff: true,
      super: false,
      iat: 1_700_000_000,
      nbf: 1_700_000_000,
      exp: 1_700_000_300,
    })
    expect((await served.get('ctx/me/', { 'x-mizan-token': token })).body).toEqual({ me: 'stella' })
    await served.call('leave', {}, cookie)
    const ended = await served.get('ctx/me/', { 'x-mizan-token': token })
    expect(ended.outcome).toBe('UNAUTHORIZED SESSION_ENDED')
  })

  test('is had by nobody who is not signed in, nor by another site', async () => {
    await using served = await tokenApp()
    expect((await served.call('mwt_obtain')).outcome).toBe('UNAUTHORIZED')
    expect((await served.call('mwt_obtain', {}, bearer('garbage'))).outcome).toBe(
      'UNAUTHORIZED TOKEN_MALFORMED',
    )
    const cookie = cookieOf(await served.call('enter', { id: 'ada' }))
    const foreign = { ...cookie, 'sec-fetch-site': 'cross-site' }
    expect((await served.call('mwt_obtain', {}, foreign)).outcome).toBe('FORBIDDEN')
  })
})

describe('keys', () => {
  const pair = (type: 'ed25519' | 'rsa' | 'ec'): string => {
    const options = {
      modulusLength: 2048,
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    } as const
    // cast: one of three overloads
    return generateKeyPairSync(type as 'rsa', options).privateKey
  }
  const asymmetric: readonly TokenKey[] = [
    { kid: 'ed', algorithm: 'EdDSA', privateKey: pair('ed25519') },
    { kid: 'rsa', algorithm: 'RS256', privateKey: pair('rsa') },
    { kid: 'ec', algorithm: 'ES256', privateKey: pair('ec') },
  ]

  test.each(asymmetric)('$kid signs what its public half checks', async (key) => {
    await using served = await tokenApp({ jwt: { keys: [key] }, mwt: { keys: [mwtKey] } })
    const { accessToken, refreshToken } = await served.obtain()
    const { payload } = await jwtVerify(accessToken, createLocalJWKSet(await toJwks([key])), {
      audience: 'mizan',
      currentDate: new Date(served.world.now),
    })
    expect(payload.sub).toBe('ada')
    expect((await served.get('ctx/me/', bearer(accessToken))).body).toEqual({ me: 'ada' })
    expect((await refresh(served, refreshToken)).outcome).toBe('200')
    await using other = await tokenApp({
      jwt: { keys: [key] },
      mwt: { keys: asymmetric.filter((one) => one !== key) },
    })
    const mwt = await other.obtainMwt((await other.obtain()).accessToken)
    expect((await other.get('ctx/me/', { 'x-mizan-token': mwt })).body).toEqual({ me: 'ada' })
  })

  test('after a restart with a new key in front, old tokens are good until the old key is taken away', async () => {
    await using server = await redisServer()
    const start = async (keys: readonly TokenKey[]): Promise<TokenApp> => {
      const served = await tokenApp({
        sessions: new RedisSessionStore(server.url, { timeout: 60_000 }),
        jwt: { keys },
      })
      served.world.now = Date.now()
      return served
    }
    const next: TokenKey = { kid: 'jwt-2', secret: 'another-jwt-secret-that-is-long-enough' }
    const before = await start([jwtKey])
    const old = await before.obtain()
    await before[Symbol.asyncDispose]()

    const during = await start([next, jwtKey])
    expect((await during.get('ctx/me/', bearer(old.accessToken))).body).toEqual({ me: 'ada' })
    const fresh = (await refresh(during, old.refreshToken)).body.result as unknown as {
      accessToken: string
    } // cast: a pair
    expect(decodeProtectedHeader(fresh.accessToken).kid).toBe('jwt-2')
    await during[Symbol.asyncDispose]()

    await using after = await start([next])
    expect((await after.get('ctx/me/', bearer(fresh.accessToken))).body).toEqual({ me: 'ada' })
    expect((await after.get('ctx/me/', bearer(old.accessToken))).outcome).toBe(
      'UNAUTHORIZED TOKEN_KEY_UNKNOWN',
    )
  })
})

test('without Redis nobody is anonymous: sessions by cookie and by token are UNAVAILABLE', async () => {
  await using server = await redisServer()
  const sessions = new RedisSessionStore(server.url, { timeout: 3_000 })
  await using served = await tokenApp({ sessions })
  served.world.now = Date.now()
  const { accessToken, refreshToken } = await served.obtain()
  const all = [
    bearer(accessToken),
    { 'x-mizan-token': await served.obtainMwt(accessToken) },
    cookieOf(await served.call('enter', { id: 'ada' })),
  ]
  for (const headers of all)
    expect((await served.get('ctx/me/', headers)).body).toEqual({ me: 'ada' })
  await server.kill()
  for (const headers of all) {
    const reply = await served.get('ctx/me/', headers)
    expect(reply.outcome).toBe('UNAVAILABLE')
    expect(reply.headers.getSetCookie()).toEqual([])
  }
  expect((await refresh(served, refreshToken)).outcome).toBe('UNAVAILABLE')
  expect((await served.call('enter', { id: 'ada' })).outcome).toBe('UNAVAILABLE')
  expect((await served.get('ctx/me/')).body).toEqual({ me: null })
})
