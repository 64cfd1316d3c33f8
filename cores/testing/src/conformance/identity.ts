/** PROTOCOL section 7: cookie sessions and CSRF. */

import type { Answer } from './answer.ts'
import type { Section } from './conformance-case.ts'
import type { Talk } from './talk.ts'

export const identity: Section = [
  '7 Identity',
  [
    {
      rule: 'signing in sets one cookie that pages cannot read, and the cookie identifies',
      async check(talk) {
        const before = await talk.get('ctx/global/')
        before.is({ current_user: null })
        const answer = await talk.call('sign_in', { user: 'ada' })
        const [cookie = '', ...more] = answer.hasStatus(200).headers.getSetCookie()
        answer
          .expect(cookie !== '' && more.length === 0, 'one cookie')
          .expect(/;\s*httponly/i.test(cookie), 'HttpOnly')
          .expect(/;\s*samesite=(lax|strict)/i.test(cookie), 'SameSite')
          .expect(/;\s*path=\//i.test(cookie), 'Path=/')
        const after = await talk.get('ctx/global/')
        after.is({ current_user: 'ada' })
      },
    },
    {
      rule: 'another visitor stays another visitor',
      async check(talk) {
        const [ada, bob] = [talk.another(), talk.another()]
        await Promise.all([ada.signIn('ada'), bob.signIn('bob')])
        const wanted = [
          [ada, 'ada'],
          [bob, 'bob'],
          [talk, null],
        ] as const
        await Promise.all(
          Array.from({ length: 30 }, async (_, index) => {
            const [visitor, user] = wanted[index % 3] ?? wanted[0]
            const answer = await visitor.get('ctx/global/')
            answer.is({ current_user: user })
          }),
        )
      },
    },
    {
      rule: 'signing out ends the session: the old cookie is worth nothing',
      async check(talk) {
        await talk.signIn('ada')
        const old = talk.cookies
        const out = await talk.call('sign_out')
        out.hasStatus(200)
        const after = await talk.get('ctx/global/')
        after.is({ current_user: null })
        const replayed = await talk.another().get('ctx/global/', { cookie: old })
        replayed.is({ current_user: null })
      },
    },
    {
      rule: 'signing in again starts another session',
      async check(talk) {
        await talk.signIn('ada')
        const first = talk.cookies
        const again = await talk.call('sign_in', { user: 'bob' })
        again.expect(talk.cookies !== first, 'another cookie')
        const replayed = await talk.another().get('ctx/global/', { cookie: first })
        replayed.is({ current_user: null })
      },
    },
    {
      rule: 'an invalid cookie is an anonymous caller, and is cleared',
      async check(talk) {
        await talk.signIn('ada')
        const [name = ''] = talk.cookies.split('=')
        for (const value of ['', 'garbage', `${talk.cookies.slice(name.length + 1, -4)}AAAA`]) {
          const answer = await talk.another().get('ctx/global/', { cookie: `${name}=${value}` })
          answer.is({ current_user: null })
          const cleared = answer.headers.getSetCookie().some((cookie) => /max-age=0/i.test(cookie))
          answer.expect(cleared, 'a Set-Cookie that clears it')
        }
      },
    },
    {
      rule: 'an explicit header credential that is invalid is UNAUTHORIZED',
      async check(talk) {
        const answer = await talk.get('ctx/catalog/', { 'x-mizan-token': 'garbage' })
        answer.isError(401, 'UNAUTHORIZED')
      },
    },
    {
      rule: 'session/ gives a CSRF token and the cookie that it is bound to',
      async check(talk) {
        const answer = await talk.get('session/')
        const body = answer.hasStatus(200).json()
        answer
          .expect(/^\{"csrf":"[^"]{16,}"\}$/.test(JSON.stringify(body)), '{"csrf": "<token>"}')
          .expect(answer.headers.getSetCookie().length === 1, 'one cookie')
      },
    },
    {
      rule: 'an unsafe request of another site is FORBIDDEN, sign-in included',
      async check(talk) {
        const own = new URL(talk.url).origin
        const foreign: readonly Readonly<Record<string, string>>[] = [
          { 'sec-fetch-site': 'cross-site' },
          { 'sec-fetch-site': 'same-site' },
          { 'sec-fetch-site': 'cross-site', origin: own },
          { 'sec-fetch-site': 'nonsense' },
          { origin: 'https://evil.example' },
          { origin: 'null' },
          { origin: `${own}.evil.example` },
        ]
        for (const headers of foreign) {
          const signIn = await talk.call('sign_in', { user: 'ada' }, headers)
          signIn.isError(403, 'FORBIDDEN')
          signIn.expect(signIn.headers.getSetCookie().length === 0, 'no cookie')
          const call = await talk.post('call/nothing/', {}, headers)
          call.isError(403, 'FORBIDDEN')
          const validate = await talk.post('validate/echo/', { text: 'x' }, headers)
          validate.isError(403, 'FORBIDDEN')
          const page = await talk.request('POST', '/fixture/items/118/rename/?name=evil', {
            headers,
          })
          page.isError(403, 'FORBIDDEN')
        }
        const item = await talk.get('ctx/item/?item_id=118')
        item.expect(item.text.includes('"Item 118"'), 'an item that was not renamed')
      },
    },
    {
      rule: 'an unsafe request of our own page, of the address bar or of no browser passes',
      async check(talk) {
        const own: readonly Readonly<Record<string, string>>[] = [
          { 'sec-fetch-site': 'same-origin' },
          { 'sec-fetch-site': 'none' },
          { origin: new URL(talk.url).origin },
          {},
        ]
        for (const headers of own) {
          const answer = await talk.call('nothing', {}, headers)
          answer.isExactly('{"result":null}')
        }
      },
    },
    {
      rule: 'a read is not unsafe: other sites may send it, and see nothing without CORS',
      async check(talk) {
        const answer = await talk.get('ctx/catalog/', { 'sec-fetch-site': 'cross-site' })
        answer.isExactly('{"catalog_size":999}').hasHeader('access-control-allow-origin', null)
      },
    },
    {
      rule: 'a form of our own page needs the token of session/ and the cookie that it is bound to',
      async check(talk) {
        const send = (visitor: Talk, csrf: string | undefined): Promise<Answer> =>
          visitor.request('POST', '/fixture/items/119/rename/?name=Formed', {
            headers: {
              'content-type': 'application/x-www-form-urlencoded',
              'sec-fetch-site': 'same-origin',
            },
            body: new URLSearchParams(csrf === undefined ? {} : { csrf }).toString(),
          })
        const visitor = talk.another()
        const token = await csrfOf(visitor)
        const stranger = talk.another()
        await csrfOf(stranger)
        for (const [sender, csrf] of [
          [visitor, undefined],
          [visitor, `${token.slice(0, -2)}xx`],
          [talk.another(), token],
          [stranger, token],
        ] as const) {
          const refused = await send(sender, csrf)
          refused.isError(403, 'FORBIDDEN')
        }
        const passed = await send(visitor, token)
        passed.expect(passed.status < 400, 'a form that passes')
        await visitor.signIn('ada')
        const old = await send(visitor, token)
        old.isError(403, 'FORBIDDEN')
        const renewed = await send(visitor, await csrfOf(visitor))
        renewed.expect(renewed.status < 400, 'a form that passes with the token of the session')
      },
    },
    {
      rule: 'a call in a form encoding, which any site can send, never runs',
      async check(talk) {
        for (const type of [
          'text/plain',
          'application/x-www-form-urlencoded',
          'multipart/form-data; boundary=x',
        ]) {
          const answer = await talk.post('call/', '{"fn":"sign_in","args":{"user":"ada"}}', {
            'content-type': type,
          })
          answer.expect(
            answer.status === 403 || answer.status === 415,
            'FORBIDDEN (no token) or UNSUPPORTED_MEDIA_TYPE',
          )
        }
        const user = await talk.get('ctx/global/')
        user.is({ current_user: null })
      },
    },
  ],
]

async function csrfOf(talk: Talk): Promise<string> {
  const answer = await talk.get('session/')
  const body = answer.hasStatus(200).json()
  const csrf = typeof body === 'object' && body !== null && 'csrf' in body ? body.csrf : undefined
  answer.expect(typeof csrf === 'string', '{"csrf": "<token>"}')
  return String(csrf)
}
