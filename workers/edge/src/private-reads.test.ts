import { SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createHarness, type Harness, mwtKeys, mwtSecret, publicHeaders } from '../test/harness.ts'

let harness: Harness
let version = 0
const pkey = 'a'.repeat(64)
const second = 1_000

beforeAll(async () => {
  harness = await createHarness()
})
afterAll(() => harness[Symbol.asyncDispose]())

/** An origin that answers everybody with who they say they are, and how often it was asked. */
beforeEach(() => {
  harness.answer((request, response) => {
    if (request.method === 'POST') {
      response.writeHead(200, { 'x-mizan-invalidate': 'user;user_id=5' }).end('{}')
      return
    }
    version += 1
    const id = new URL(request.url ?? '', 'http://origin').searchParams.get('user_id') ?? ''
    const headers = publicHeaders(['user', `user;user_id=${id}`])
    const policy = headers['x-mizan-cache'].replace('public', 'private')
    const sub = claimsOf(String(request.headers['x-mizan-token'] ?? ''))['sub'] ?? 'nobody'
    response.writeHead(200, { ...headers, 'x-mizan-cache': policy }).end(`canary of ${sub}`)
  })
})

function claimsOf(token: string): Record<string, unknown> {
  const [, part = ''] = token.split('.')
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown> // cast: of a JWT
  } catch {
    return {}
  }
}

interface TokenFacts {
  readonly claims?: Record<string, unknown>
  readonly header?: Record<string, unknown>
  readonly secret?: string
}

function sign(sub: string, { claims = {}, header = {}, secret = mwtSecret }: TokenFacts = {}) {
  const now = Math.floor(Date.now() / second)
  return new SignJWT({
    sub,
    sid: 's',
    pkey,
    staff: false,
    super: false,
    iat: now,
    nbf: now,
    exp: now + 300,
    aud: 'mizan-edge',
    ...claims,
  })
    .setProtectedHeader({ alg: 'HS256', kid: 'shared', typ: 'MWT', ...header })
    .sign(header['alg'] === 'ES256' ? mwtKeys.privateKey : new TextEncoder().encode(secret))
}

async function read(token: string, id: number | string = 5): Promise<string> {
  const response = await fetch(`${harness.url}/api/mizan/ctx/user/?user_id=${id}`, {
    headers: { 'x-mizan-token': token },
  })
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(response.headers.has('x-mizan-cache')).toBe(false)
  return `${response.headers.get('x-mizan-edge')}: ${await response.text()}`
}

test('a private answer is kept for whom it was made for', async () => {
  const token = await sign('ada')
  expect([await read(token, 1), await read(token, 1)]).toEqual([
    'miss: canary of ada',
    'hit: canary of ada',
  ])
  // Another token of the same person, signed with another key.
  const other = await sign('ada', { header: { kid: 'public', alg: 'ES256' } })
  expect(await read(other, 1)).toBe('hit: canary of ada')
  expect(harness.seen).toHaveLength(1)
})

test('two people never get what is the other one’s, however their reads interleave', async () => {
  const people = ['ada', 'bob', 'cy']
  const tokens = await Promise.all(people.map((sub) => sign(sub)))
  const readAtOnce = (): Promise<string[]> =>
    Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const who = index % people.length
        const answer = await read(tokens[who] ?? '', 2)
        expect(answer).toMatch(new RegExp(`^(hit|miss): canary of ${people[who]}$`))
        return answer
      }),
    )
  // All at once may all be misses; what they left is there for the next.
  await readAtOnce()
  expect((await readAtOnce()).filter((answer) => answer.startsWith('hit'))).not.toEqual([])
})

test('the same person with other permissions gets no answer of before', async () => {
  await read(await sign('ada'), 3)
  expect(await read(await sign('ada', { claims: { pkey: 'b'.repeat(64) } }), 3)).toMatch(/^miss/)
})

const now = Math.floor(Date.now() / second)
test.each<[string, string, TokenFacts]>([
  ['expired', 'ada', { claims: { exp: now - 60 } }],
  ['not valid yet', 'ada', { claims: { nbf: now + 600 } }],
  ['forged with another secret', 'ada', { secret: 'another-secret-of-at-least-32-bytes' }],
  ['signed with a key of another name', 'ada', { header: { kid: 'unknown' } }],
  ['an access token', 'ada', { header: { typ: 'JWT' } }],
  ['for another audience', 'ada', { claims: { aud: 'elsewhere' } }],
  ['without a permission key', 'ada', { claims: { pkey: undefined } }],
  ['without an expiry', 'ada', { claims: { exp: undefined } }],
  ['of nobody', '', {}],
])('a token that is %s finds nothing, and the origin is asked', async (_, sub, facts) => {
  await read(await sign('ada'), 4)
  const asked = harness.seen.length
  expect(await read(await sign(sub, facts), 4)).toBe(`pass: canary of ${sub}`)
  expect(harness.seen).toHaveLength(asked + 1)
})

test('a token whose algorithm is none, is changed to that of another key, or is no token finds nothing', async () => {
  const good = await sign('ada')
  expect(await read(good, 6)).toMatch(/^miss/)
  const [head = '', body = '', mac = ''] = good.split('.')
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const unsigned = `${encode({ alg: 'none', kid: 'shared', typ: 'MWT' })}.${body}.`
  const confused = await new SignJWT(claimsOf(good))
    .setProtectedHeader({ alg: 'HS256', kid: 'public', typ: 'MWT' })
    .sign(
      new TextEncoder().encode(String(mwtKeys.publicKey.export({ format: 'pem', type: 'spki' }))),
    )
  const another = `${head}.${encode({ ...claimsOf(good), sub: 'bob' })}.${mac}`
  for (const token of [unsigned, confused, another, 'x', '..', `${good}${'x'.repeat(9_000)}`])
    expect(await read(token, 6)).toMatch(/^pass/)
})

test('without a token a private answer is neither found nor kept', async () => {
  await read(await sign('ada'), 7)
  const url = `${harness.url}/api/mizan/ctx/user/?user_id=7`
  const callers: Record<string, string>[] = [
    {},
    { cookie: 'session=ada' },
    { authorization: 'Bearer ada' },
  ]
  for (const headers of callers) {
    const answer = await fetch(url, { headers })
    expect(answer.headers.get('x-mizan-edge')).toBe('pass')
    expect(await answer.text()).toBe('canary of nobody')
  }
})

test('a context of one user is kept for nobody else, whatever the origin says', async () => {
  harness.answer((_, response) => {
    response.writeHead(200, publicHeaders(['user', 'user;user_id=8'])).end('{}')
  })
  const token = await sign('ada')
  expect([await read(token, 8), await read(token, 8)]).toEqual(['miss: {}', 'miss: {}'])
})

test('a mutation ends the private answers of everybody that it names', async () => {
  const tokens = await Promise.all(['ada', 'bob'].map((sub) => sign(sub)))
  for (const token of tokens) await read(token, 5)
  await fetch(`${harness.url}/api/mizan/call/`, { method: 'POST', body: '{}' })
  for (const token of tokens) expect(await read(token, 5)).toMatch(/^miss/)
})
