/** PROTOCOL section 7 against a server of node:http: every token that must not pass, with the code of its refusal. */

import { generateKeyPairSync } from 'node:crypto'
import { base64url, decodeJwt, decodeProtectedHeader, type JWTPayload, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { bearer, jwtKey, type TokenApp, tokenApp } from '../../test/token-app.ts'

const jwtSecret = new TextEncoder().encode('the-jwt-secret-of-these-tests-is-long')
const mwtSecret = new TextEncoder().encode('the-mwt-secret-of-these-tests-is-long')

/** Signs the claims of a good token again, with something about them changed. */
function forge(
  token: string,
  changes: JWTPayload,
  { header = {}, key = jwtSecret }: { header?: object; key?: Parameters<SignJWT['sign']>[0] } = {},
): Promise<string> {
  const original = decodeProtectedHeader(token)
  return new SignJWT({ ...decodeJwt(token), ...changes })
    .setProtectedHeader({ ...original, alg: 'HS256', ...header })
    .sign(key)
}

function withParts(token: string, change: (parts: string[]) => string[]): string {
  return change(token.split('.')).join('.')
}

function encode(value: object): string {
  return base64url.encode(JSON.stringify(value))
}

const seconds = 1_700_000_000

describe('an access token', () => {
  type Make = (token: string, served: TokenApp) => string | Promise<string>
  const refused: readonly (readonly [string, string, Make])[] = [
    [
      'of alg none',
      'TOKEN_ALGORITHM',
      (token) =>
        withParts(token, ([, payload = '']) => [
          encode({ alg: 'none', kid: 'jwt-1', typ: 'JWT' }),
          payload,
          '',
        ]),
    ],
    [
      'of alg None, with the old signature',
      'TOKEN_ALGORITHM',
      (token) =>
        withParts(token, ([, payload = '', signature = '']) => [
          encode({ alg: 'None', kid: 'jwt-1', typ: 'JWT' }),
          payload,
          signature,
        ]),
    ],
    [
      'of another algorithm of the same key',
      'TOKEN_ALGORITHM',
      (token) => forge(token, {}, { header: { alg: 'HS512' }, key: new Uint8Array(64) }),
    ],
    ['for somebody else', 'TOKEN_AUDIENCE', (token) => forge(token, { aud: 'others' })],
    ['of another issuer', 'TOKEN_ISSUER', (token) => forge(token, { iss: 'others' })],
    ['that has expired', 'TOKEN_EXPIRED', (token) => forge(token, { exp: seconds - 31 })],
    ['issued in the future', 'TOKEN_NOT_YET_VALID', (token) => forge(token, { iat: seconds + 31 })],
    ['not valid yet', 'TOKEN_NOT_YET_VALID', (token) => forge(token, { nbf: seconds + 31 })],
    ['without an end', 'TOKEN_CLAIMS', (token) => forge(token, { exp: undefined })],
    [
      'with an end that is no number',
      'TOKEN_CLAIMS',
      (token) => forge(token, { exp: 'x' as never }),
    ],
    ['without an issuer', 'TOKEN_ISSUER', (token) => forge(token, { iss: undefined })],
    ['without an audience', 'TOKEN_AUDIENCE', (token) => forge(token, { aud: undefined })],
    ['without a session', 'TOKEN_CLAIMS', (token) => forge(token, { sid: undefined })],
    ['without an id', 'TOKEN_CLAIMS', (token) => forge(token, { jti: undefined })],
    ['whose flags are texts', 'TOKEN_CLAIMS', (token) => forge(token, { staff: 'yes' })],
    ['of another session', 'SESSION_ENDED', (token) => forge(token, { sid: 'f'.repeat(64) })],
    [
      'of a user who is not the one of its session',
      'SESSION_ENDED',
      (t) => forge(t, { sub: 'bob' }),
    ],
    ['of another kind', 'TOKEN_TYPE', (token) => forge(token, { type: 'refresh' })],
    [
      'of a key nobody knows',
      'TOKEN_KEY_UNKNOWN',
      (t) => forge(t, {}, { header: { kid: 'jwt-9' } }),
    ],
    ['without a kid', 'TOKEN_KEY_UNKNOWN', (t) => forge(t, {}, { header: { kid: undefined } })],
    [
      'whose kid is a name of every object',
      'TOKEN_KEY_UNKNOWN',
      (token) => forge(token, {}, { header: { kid: '__proto__' } }),
    ],
    [
      'signed with another secret',
      'TOKEN_SIGNATURE',
      (token) => forge(token, {}, { key: new Uint8Array(32) }),
    ],
    [
      'whose payload was changed',
      'TOKEN_SIGNATURE',
      (token) =>
        withParts(token, ([header = '', , signature = '']) => [
          header,
          encode({ ...decodeJwt(token), super: true }),
          signature,
        ]),
    ],
    [
      'with a key of its own in the header',
      'TOKEN_SIGNATURE',
      (token) =>
        forge(
          token,
          {},
          {
            header: { jwk: { kty: 'oct', k: base64url.encode(new Uint8Array(32)) } },
            key: new Uint8Array(32),
          },
        ),
    ],
    [
      'with an extension that must be understood',
      'TOKEN_MALFORMED',
      (token) =>
        withParts(token, ([, payload = '', signature = '']) => [
          encode({ alg: 'HS256', kid: 'jwt-1', typ: 'JWT', crit: ['urn:x'], 'urn:x': 1 }),
          payload,
          signature,
        ]),
    ],
    ['that is empty', 'TOKEN_MALFORMED', () => ''],
    ['that is a word', 'TOKEN_MALFORMED', () => 'garbage'],
    ['with a part too many', 'TOKEN_MALFORMED', (token) => `${token}.x`],
    ['given twice', 'TOKEN_MALFORMED', (token) => `${token} ${token}`],
    ['given twice, as two headers are joined', 'TOKEN_MALFORMED', (t) => `${t}, Bearer ${t}`],
    ['that is huge', 'TOKEN_MALFORMED', (token) => `${'a'.repeat(9_000)}${token}`],
    [
      'whose header is no JSON',
      'TOKEN_MALFORMED',
      (t) => withParts(t, ([, p = '', s = '']) => ['e30x', p, s]),
    ],
    [
      'that is a refresh token',
      'TOKEN_TYPE',
      async (_, served) => (await served.obtain()).refreshToken,
    ],
    ['that is an MWT', 'TOKEN_TYPE', (token, served) => served.obtainMwt(token)],
    [
      'that is an MWT under the name of a key for JWTs',
      'TOKEN_SIGNATURE',
      (token) => forge(token, {}, { key: mwtSecret }),
    ],
  ]

  test.each(refused)('%s is %s', async (_name, code, make) => {
    await using served = await tokenApp()
    const { accessToken } = await served.obtain()
    const before = await served.get('ctx/me/', bearer(accessToken))
    expect(before.body).toEqual({ me: 'ada' })
    const headers = bearer(await make(accessToken, served))
    for (const reply of [
      await served.get('ctx/me/', headers),
      await served.get('session/', headers),
      await served.call('whoami', {}, headers),
      await served.call('whoami', {}, { ...headers, 'sec-fetch-site': 'cross-site' }),
      await served.send('POST', '/submit/', { headers }),
    ]) {
      expect(reply.outcome).toBe(`UNAUTHORIZED ${code}`)
      expect(reply.status).toBe(401)
      expect(reply.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
    }
    expect(served.world.runs).toBe(0)
  })

  test('thirty seconds of clocks that differ are forgiven', async () => {
    await using served = await tokenApp()
    const { accessToken } = await served.obtain()
    served.world.now += 329_999
    expect((await served.get('ctx/me/', bearer(accessToken))).body).toEqual({ me: 'ada' })
    served.world.now += 1
    expect((await served.get('ctx/me/', bearer(accessToken))).outcome).toBe(
      'UNAUTHORIZED TOKEN_EXPIRED',
    )
  })

  test('in the query or in a cookie it is nothing', async () => {
    await using served = await tokenApp()
    const { accessToken } = await served.obtain()
    for (const name of ['token', 'access_token', 'authorization', 'x-mizan-token']) {
      expect((await served.get(`ctx/me/?${name}=${accessToken}`)).body).toEqual({ me: null })
      const cookie = `${name}=${accessToken}`
      expect((await served.get('ctx/me/', { cookie })).body).toEqual({ me: null })
    }
  })

  test('a scheme that is not ours is not looked at', async () => {
    await using served = await tokenApp()
    const basic = { authorization: 'Basic YWRhOmFkYQ==' }
    expect((await served.get('ctx/me/', basic)).body).toEqual({ me: null })
  })

  test('without JWTs a bearer token is the application’s own business', async () => {
    await using served = await tokenApp({ jwt: undefined } as never)
    expect((await served.get('ctx/me/', bearer('an-api-key'))).body).toEqual({ me: null })
  })
})

describe('algorithm confusion', () => {
  const rsa = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })

  test('a public key is never the secret of an HMAC', async () => {
    const keys = [{ kid: 'rsa', algorithm: 'RS256', privateKey: rsa.privateKey }, jwtKey] as const
    await using served = await tokenApp({ jwt: { keys } })
    const { accessToken } = await served.obtain()
    expect(decodeProtectedHeader(accessToken)).toMatchObject({ alg: 'RS256', kid: 'rsa' })
    expect((await served.get('ctx/me/', bearer(accessToken))).body).toEqual({ me: 'ada' })
    for (const text of [rsa.publicKey, rsa.publicKey.trim()]) {
      const forged = await forge(accessToken, {}, { key: new TextEncoder().encode(text) })
      expect((await served.get('ctx/me/', bearer(forged))).outcome).toBe(
        'UNAUTHORIZED TOKEN_ALGORITHM',
      )
    }
  })
})

describe('an MWT', () => {
  async function served(): Promise<{ app: TokenApp; token: string }> {
    const app = await tokenApp()
    return { app, token: await app.obtainMwt((await app.obtain()).accessToken) }
  }

  const refused: readonly (readonly [string, string, (token: string, app: TokenApp) => unknown])[] =
    [
      [
        'of another audience',
        'TOKEN_AUDIENCE',
        (t) => forge(t, { aud: 'mizan' }, { key: mwtSecret }),
      ],
      [
        'that has expired',
        'TOKEN_EXPIRED',
        (t) => forge(t, { exp: seconds - 31 }, { key: mwtSecret }),
      ],
      [
        'not valid yet',
        'TOKEN_NOT_YET_VALID',
        (t) => forge(t, { nbf: seconds + 31 }, { key: mwtSecret }),
      ],
      ['without nbf', 'TOKEN_CLAIMS', (t) => forge(t, { nbf: undefined }, { key: mwtSecret })],
      ['without pkey', 'TOKEN_CLAIMS', (t) => forge(t, { pkey: undefined }, { key: mwtSecret })],
      [
        'of other permissions',
        'PRINCIPAL_CHANGED',
        (t) => forge(t, { pkey: 'f'.repeat(64) }, { key: mwtSecret }),
      ],
      ['signed with the key of JWTs', 'TOKEN_SIGNATURE', (t) => forge(t, {})],
      ['that is an access token', 'TOKEN_TYPE', async (_, app) => (await app.obtain()).accessToken],
      ['given twice', 'TOKEN_MALFORMED', (t) => `${t}, ${t}`],
      ['that is empty', 'TOKEN_MALFORMED', () => ''],
    ]

  test.each(refused)('%s is %s', async (_name, code, make) => {
    const { app, token } = await served()
    await using _disposed = app
    expect((await app.get('ctx/me/', { 'x-mizan-token': token })).body).toEqual({ me: 'ada' })
    const forged = String(await make(token, app))
    const reply = await app.get('ctx/me/', { 'x-mizan-token': forged })
    expect(reply.outcome).toBe(`UNAUTHORIZED ${code}`)
  })

  test('is for GET, HEAD and QUERY only', async () => {
    const { app, token } = await served()
    await using _disposed = app
    const headers = { 'x-mizan-token': token, 'content-type': 'application/json' }
    for (const method of ['GET', 'HEAD'] as const)
      expect((await app.send(method, '/api/mizan/ctx/me/', { headers })).status).toBe(200)
    const query = await app.send('QUERY', '/api/mizan/ctx/me/', { headers, body: '{}' })
    expect(query.body).toEqual({ me: 'ada' })
    const override = { ...headers, 'x-http-method-override': 'QUERY' }
    for (const reply of [
      await app.call('whoami', {}, headers),
      await app.send('POST', '/api/mizan/ctx/me/', { headers: override, body: '{}' }),
      await app.send('POST', '/submit/', { headers }),
      await app.send('POST', '/api/mizan/events/', { headers, body: '[]' }),
      // A socket can call, so its upgrade is more than a read.
      await app.get('live/', headers),
    ]) {
      expect(reply.outcome).toBe('UNAUTHORIZED TOKEN_METHOD')
    }
    expect(app.world.runs).toBe(0)
  })

  test('of a principal who may do something else now is refused, and guards never read its claims', async () => {
    const { app, token } = await served()
    await using _disposed = app
    app.world.people.set('ada', { id: 'ada', staff: true, superuser: false })
    const reply = await app.get('ctx/me/', { 'x-mizan-token': token })
    expect(reply.outcome).toBe('UNAUTHORIZED PRINCIPAL_CHANGED')
  })

  test('goes before an access token, which goes before a cookie', async () => {
    const { app, token } = await served()
    await using _disposed = app
    const stella = bearer((await app.obtain('stella')).accessToken)
    const cookies = (await app.call('enter', { id: 'bob' })).headers.getSetCookie()
    const cookie = cookies.map((text) => text.split(';')[0]).join('; ')
    const all = { 'x-mizan-token': token, ...stella, cookie }
    expect((await app.get('ctx/me/', all)).body).toEqual({ me: 'ada' })
    expect((await app.get('ctx/me/', { ...stella, cookie })).body).toEqual({ me: 'stella' })
    expect((await app.get('ctx/me/', { cookie })).body).toEqual({ me: 'bob' })
    const wrong = { 'x-mizan-token': 'garbage', ...stella, cookie }
    expect((await app.get('ctx/me/', wrong)).outcome).toBe('UNAUTHORIZED TOKEN_MALFORMED')
  })

  test('where there are none is UNAUTHORIZED too', async () => {
    await using app = await tokenApp({ mwt: undefined } as never)
    const reply = await app.get('ctx/me/', { 'x-mizan-token': 'x' })
    expect(reply.outcome).toBe('UNAUTHORIZED TOKEN_UNSUPPORTED')
  })
})
