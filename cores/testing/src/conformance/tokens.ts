/** PROTOCOL section 7: access and refresh tokens, and the tokens of an edge. */

import type { Answer } from './answer.ts'
import type { Section } from './conformance-case.ts'
import { publicKeyAsSecret, readToken, resigned, tampered, unsigned } from './forged-tokens.ts'
import type { Talk } from './talk.ts'

type SentHeaders = Readonly<Record<string, string>>

export const tokens: Section = [
  '7 Identity',
  [
    {
      rule: 'jwt_obtain gives an access token that identifies, and the claims of the protocol',
      async check(talk) {
        const { accessToken, refreshToken, answer } = await obtain(talk, 'stella')
        answer.expect(answer.headers.getSetCookie().length === 0, 'no cookie')
        const { claims } = readToken(accessToken)
        const names = ['aud', 'exp', 'iat', 'iss', 'jti', 'sid', 'staff', 'sub', 'super', 'type']
        answer
          .expect(Object.keys(claims).sort().join() === names.join(), `claims ${names.join(', ')}`)
          .expect(claims['sub'] === 'stella' && claims['staff'] === true, 'claims of stella')
          .expect(claims['type'] === 'access', 'an access token')
          .expect(readToken(refreshToken).claims['type'] === 'refresh', 'a refresh token')
          .expect(typeof readToken(accessToken).header['kid'] === 'string', 'a kid in the header')
        const user = await talk.get('ctx/global/', bearer(accessToken))
        user.is({ current_user: 'stella' })
        const staff = await talk.call('staff_only', {}, bearer(accessToken))
        staff.isExactly('{"result":"for staff"}')
      },
    },
    {
      rule: 'jwt_obtain says the same of a wrong name and of a wrong password',
      async check(talk) {
        const name = await talk.call('jwt_obtain', { name: 'nobody', password: 'wrong' })
        const password = await talk.call('jwt_obtain', { name: 'ada', password: 'wrong' })
        for (const answer of [name, password]) isRefused(answer, 'CREDENTIALS_WRONG')
        password.expect(password.text === name.text, 'the same bytes')
      },
    },
    {
      rule: 'an access token that was forged, changed or is something else is UNAUTHORIZED with its code',
      async check(talk) {
        const { accessToken, refreshToken } = await obtain(talk)
        const mwt = await obtainMwt(talk, accessToken)
        const cases: readonly (readonly [string, string])[] = [
          [unsigned(accessToken), 'TOKEN_ALGORITHM'],
          [unsigned(accessToken, 'NONE'), 'TOKEN_ALGORITHM'],
          [tampered(accessToken, { super: true }), 'TOKEN_SIGNATURE'],
          [tampered(accessToken, { sub: 'sue' }), 'TOKEN_SIGNATURE'],
          [await resigned(accessToken, {}), 'TOKEN_SIGNATURE'],
          [await resigned(accessToken, { kid: 'unknown' }), 'TOKEN_KEY_UNKNOWN'],
          [await resigned(accessToken, { kid: '__proto__' }), 'TOKEN_KEY_UNKNOWN'],
          [refreshToken, 'TOKEN_TYPE'],
          [mwt, 'TOKEN_TYPE'],
          [`${accessToken} ${accessToken}`, 'TOKEN_MALFORMED'],
          [`${accessToken}, Bearer ${accessToken}`, 'TOKEN_MALFORMED'],
          [`${'a'.repeat(9_000)}.b.c`, 'TOKEN_MALFORMED'],
          ['garbage', 'TOKEN_MALFORMED'],
          ['', 'TOKEN_MALFORMED'],
        ]
        for (const [token, code] of cases) {
          isRefused(await talk.get('ctx/global/', bearer(token)), code)
          isRefused(await talk.call('nothing', {}, bearer(token)), code)
        }
      },
    },
    {
      rule: 'a token in the query is nobody’s',
      async check(talk) {
        const { accessToken } = await obtain(talk)
        for (const name of ['token', 'access_token', 'x-mizan-token', 'authorization']) {
          const answer = await talk.get(`ctx/global/?${name}=${accessToken}`)
          answer.is({ current_user: null })
        }
      },
    },
    {
      rule: 'jwt_refresh rotates, and gives the same successor to who asks twice',
      async check(talk) {
        const first = await obtain(talk)
        const second = await refresh(talk, first.refreshToken)
        second.answer.expect(second.refreshToken !== first.refreshToken, 'another refresh token')
        const again = await Promise.all(
          Array.from({ length: 5 }, () => refresh(talk.another(), first.refreshToken)),
        )
        for (const { answer, refreshToken, accessToken } of again) {
          answer.expect(refreshToken === second.refreshToken, 'the same successor')
          const user = await talk.get('ctx/global/', bearer(accessToken))
          user.is({ current_user: 'ada' })
        }
      },
    },
    {
      rule: 'a refresh token that was used long ago ends the session, and every token of it',
      async check(talk) {
        const other = await obtain(talk)
        const first = await obtain(talk)
        const mwt = await obtainMwt(talk, first.accessToken)
        const second = await refresh(talk, first.refreshToken)
        const third = await refresh(talk, second.refreshToken)
        const reused = await talk.call('jwt_refresh', { refresh_token: first.refreshToken })
        isRefused(reused, 'REFRESH_REUSED')
        const last = await talk.call('jwt_refresh', { refresh_token: third.refreshToken })
        isRefused(last, 'SESSION_ENDED')
        for (const headers of [bearer(third.accessToken), { 'x-mizan-token': mwt }])
          isRefused(await talk.get('ctx/global/', headers), 'SESSION_ENDED')
        const untouched = await talk.get('ctx/global/', bearer(other.accessToken))
        untouched.is({ current_user: 'ada' })
      },
    },
    {
      rule: 'jwt_refresh takes nothing but a refresh token',
      async check(talk) {
        const { accessToken } = await obtain(talk)
        const mwt = await obtainMwt(talk, accessToken)
        for (const [token, code] of [
          [accessToken, 'TOKEN_TYPE'],
          [mwt, 'TOKEN_TYPE'],
          [unsigned(accessToken), 'TOKEN_ALGORITHM'],
          ['garbage', 'TOKEN_MALFORMED'],
        ] as const)
          isRefused(await talk.call('jwt_refresh', { refresh_token: token }), code)
      },
    },
    {
      rule: 'functions that issue tokens ignore credentials, and are no way in for other sites',
      async check(talk) {
        const { accessToken, refreshToken } = await obtain(talk)
        const stale = { ...bearer('expired'), 'x-mizan-token': 'expired', cookie: 'a=b' }
        const args = { name: 'bob', password: "bob's password" }
        const obtained = await talk.call('jwt_obtain', args, stale)
        obtained.hasStatus(200)
        const refreshed = await talk.call('jwt_refresh', { refresh_token: refreshToken }, stale)
        refreshed.hasStatus(200)
        for (const headers of [{}, bearer(accessToken)]) {
          const foreign = { ...headers, 'sec-fetch-site': 'cross-site' }
          const answer = await talk.call('jwt_obtain', args, foreign)
          answer.isError(403, 'FORBIDDEN')
        }
      },
    },
    {
      rule: 'logging out ends the session of a token',
      async check(talk) {
        const { accessToken, refreshToken } = await obtain(talk)
        const out = await talk.call('logout', {}, bearer(accessToken))
        out.hasStatus(200)
        isRefused(await talk.get('ctx/global/', bearer(accessToken)), 'SESSION_ENDED')
        const next = await talk.call('jwt_refresh', { refresh_token: refreshToken })
        isRefused(next, 'SESSION_ENDED')
      },
    },
    {
      rule: 'a valid token in a header lifts the rules against other sites, an invalid one is UNAUTHORIZED',
      async check(talk) {
        const { accessToken } = await obtain(talk)
        const foreign = { 'sec-fetch-site': 'cross-site', origin: 'https://else.example' }
        const valid = await talk.call('nothing', {}, { ...foreign, ...bearer(accessToken) })
        valid.isExactly('{"result":null}')
        isRefused(
          await talk.call('nothing', {}, { ...foreign, ...bearer('garbage') }),
          'TOKEN_MALFORMED',
        )
      },
    },
    {
      rule: 'an MWT identifies GET, HEAD and QUERY, and nothing else',
      async check(talk) {
        const { accessToken } = await obtain(talk)
        const token = await obtainMwt(talk, accessToken)
        const headers = { 'x-mizan-token': token, 'content-type': 'application/json' }
        const got = await talk.get('ctx/global/', headers)
        got.is({ current_user: 'ada' })
        const path = `${talk.base}/ctx/global/`
        const head = await talk.request('HEAD', path, { headers })
        head.hasStatus(200)
        const query = await talk.request('QUERY', path, { headers, body: '{}' })
        query.is({ current_user: 'ada' })
        isRefused(await talk.call('nothing', {}, headers), 'TOKEN_METHOD')
        const override = { ...headers, 'x-http-method-override': 'QUERY' }
        isRefused(
          await talk.request('POST', path, { headers: override, body: '{}' }),
          'TOKEN_METHOD',
        )
      },
    },
    {
      rule: 'an MWT has the claims of the protocol, under a kid',
      async check(talk) {
        const { accessToken, answer } = await obtain(talk)
        const { header, claims } = readToken(await obtainMwt(talk, accessToken))
        const names = ['aud', 'exp', 'iat', 'nbf', 'pkey', 'sid', 'staff', 'sub', 'super']
        answer
          .expect(Object.keys(claims).sort().join() === names.join(), `claims ${names.join(', ')}`)
          .expect(typeof header['kid'] === 'string', 'a kid in the header')
          .expect(claims['pkey'] === noPermissions, 'the pkey of somebody without permissions')
          .expect(claims['sid'] === readToken(accessToken).claims['sid'], 'the same session')
          .expect(Number(claims['exp']) - Number(claims['iat']) === 300, '300 seconds')
      },
    },
    {
      rule: 'an MWT that was forged, changed or is something else is UNAUTHORIZED with its code',
      async check(talk) {
        const { accessToken } = await obtain(talk)
        const token = await obtainMwt(talk, accessToken)
        const publicKey = await publicKeyAsSecret(talk)
        const cases: readonly (readonly [string, string])[] = [
          [unsigned(token), 'TOKEN_ALGORITHM'],
          [await resigned(token, {}, publicKey), 'TOKEN_ALGORITHM'],
          [await resigned(token, { kid: 'unknown' }), 'TOKEN_KEY_UNKNOWN'],
          [tampered(token, { sub: 'sue' }), 'TOKEN_SIGNATURE'],
          [accessToken, 'TOKEN_TYPE'],
          [`${token}, ${token}`, 'TOKEN_MALFORMED'],
        ]
        for (const [forged, code] of cases)
          isRefused(await talk.get('ctx/global/', { 'x-mizan-token': forged }), code)
      },
    },
    {
      rule: 'of several credentials X-Mizan-Token counts first, then Bearer, then the cookie',
      async check(talk) {
        const visitor = await talk.another().signIn('bob')
        const { accessToken } = await obtain(talk, 'stella')
        const mwt = await obtainMwt(talk, (await obtain(talk, 'ada')).accessToken)
        const both = { ...bearer(accessToken), 'x-mizan-token': mwt }
        const first = await visitor.get('ctx/global/', both)
        first.is({ current_user: 'ada' })
        const second = await visitor.get('ctx/global/', bearer(accessToken))
        second.is({ current_user: 'stella' })
        const third = await visitor.get('ctx/global/')
        third.is({ current_user: 'bob' })
        const invalid = { ...both, 'x-mizan-token': 'garbage' }
        isRefused(await visitor.get('ctx/global/', invalid), 'TOKEN_MALFORMED')
      },
    },
    {
      rule: 'mwt_obtain is for whoever is signed in, by token or by cookie',
      async check(talk) {
        const nobody = await talk.call('mwt_obtain')
        nobody.isError(401, 'UNAUTHORIZED')
        const visitor = await talk.another().signIn('bob')
        const answer = await visitor.call('mwt_obtain', {}, { 'x-mizan-token': 'an old one' })
        const { token } = resultOf<{ token: string }>(answer)
        const user = await talk.get('ctx/global/', { 'x-mizan-token': token })
        user.is({ current_user: 'bob' })
        await visitor.call('sign_out')
        isRefused(await talk.get('ctx/global/', { 'x-mizan-token': token }), 'SESSION_ENDED')
      },
    },
    {
      rule: 'callers with tokens never become each other',
      async check(talk) {
        const users = ['ada', 'bob', 'stella', 'sue'] as const
        const pairs = await Promise.all(users.map((user) => obtain(talk.another(), user)))
        await Promise.all(
          Array.from({ length: 40 }, async (_, index) => {
            const who = index % users.length
            const headers = bearer(pairs[who]?.accessToken ?? '')
            const answer = await talk.get('ctx/global/', headers)
            answer.is({ current_user: users[who] })
          }),
        )
      },
    },
  ],
]

/** SHA-256 of `{"perms":[],"staff":false,"super":false}`. */
const noPermissions = '5086b986bc7117b62c696e5337d3818128b334f5952609e4ab7cae6e369bf52e'

interface Pair {
  readonly accessToken: string
  readonly refreshToken: string
  readonly answer: Answer
}

async function obtain(talk: Talk, user = 'ada'): Promise<Pair> {
  return pairOf(await talk.call('jwt_obtain', { name: user, password: `${user}'s password` }))
}

async function refresh(talk: Talk, refreshToken: string): Promise<Pair> {
  return pairOf(await talk.call('jwt_refresh', { refresh_token: refreshToken }))
}

function pairOf(answer: Answer): Pair {
  const { accessToken, refreshToken } = resultOf<Pair>(answer)
  return { accessToken, refreshToken, answer }
}

async function obtainMwt(talk: Talk, accessToken: string): Promise<string> {
  const answer = await talk.call('mwt_obtain', {}, bearer(accessToken))
  return resultOf<{ token: string }>(answer).token
}

/** @throws ConformanceError when there is no object */
function resultOf<T extends object>(answer: Answer): T {
  const body = answer.hasStatus(200).json()
  const result = typeof body === 'object' && body !== null && 'result' in body ? body.result : null
  answer.expect(typeof result === 'object' && result !== null, '{"result":{…}}')
  return result as T // cast: what the fixture function is declared to answer
}

function bearer(token: string): SentHeaders {
  return { authorization: `Bearer ${token}` }
}

function isRefused(answer: Answer, code: string): void {
  const { details } = answer.isError(401, 'UNAUTHORIZED')
  const given =
    typeof details === 'object' && details !== null && 'code' in details ? details.code : undefined
  answer.expect(given === code, `details.code ${code}`)
}
