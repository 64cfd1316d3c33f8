import { expect, test } from 'vitest'
import { cookieOf, enter, identity } from '../../test/people.ts'
import { type Received, send, silentLogger } from '../../test/send.ts'
import {
  type App,
  client,
  collect,
  createApp,
  defineContext,
  defineError,
  type IdempotencyOptions,
  type IdempotencyStore,
  MemoryIdempotencyStore,
} from '../index.ts'
import { MizanError } from '@mizan/protocol'

const AccountContext = defineContext('account')
const Broke = defineError('BROKE', { status: 409 })
const waiting: (() => void)[] = []
let runs = 0

const account = client({ name: 'account', context: AccountContext }, () => 1)
const pay = client({ name: 'pay', affects: AccountContext }, async (amount: unknown) => {
  runs += 1
  if (amount === 'broke') throw new Broke()
  if (amount === 'later') throw new MizanError('UNAVAILABLE', 'later')
  if (amount === 'crash') throw new Error('crash')
  if (amount === 'slow') await new Promise<void>((resolve) => waiting.push(resolve))
  return amount === 'long' ? 'x'.repeat(300_000) : runs
})
const count = client({ name: 'count' }, async function* count() {
  yield 1
})

function appOf(idempotency?: IdempotencyOptions, clock?: () => number): App {
  runs = 0
  return createApp({
    functions: collect(account, pay, count, enter),
    identity,
    logger: silentLogger(),
    ...(idempotency && { idempotency }),
    ...(clock && { clock }),
  })
}

function payWith(app: App, key: string, amount: unknown = 5, cookie?: string): Promise<Received> {
  const headers = { 'idempotency-key': key, ...(cookie === undefined ? {} : { cookie }) }
  return send(app, '/api/mizan/call/pay/', { body: { amount }, headers })
}

test('a repeated call runs once, and gets the same answer with its targets', async () => {
  await using app = appOf()
  const first = await payWith(app, '"k-1"')
  expect([first.text, first.headers.has('x-mizan-replayed')]).toEqual([
    '{"invalidate":["account"],"result":1}',
    false,
  ])
  const again = await payWith(app, '"k-1"')
  expect([again.text, again.headers.get('x-mizan-replayed')]).toEqual([first.text, 'true'])
  expect(again.headers.get('x-mizan-invalidate')).toBe('account')
  expect((await payWith(app, 'k-1')).text).toBe(first.text)
  expect((await payWith(app, '"k-2"')).text).toContain('"result":2')
})

test('the door does not matter: call/ and call/<fn>/ are one call', async () => {
  await using app = appOf()
  await payWith(app, 'k')
  const headers = { 'idempotency-key': 'k' }
  const again = await send(app, '/api/mizan/call/', {
    body: { fn: 'pay', args: { amount: 5 } },
    headers,
  })
  expect([again.json, runs]).toEqual([{ invalidate: ['account'], result: 1 }, 1])
})

test('repeats of a call under way wait for its answer', async () => {
  await using app = appOf()
  const calls = Array.from({ length: 20 }, () => payWith(app, 'k', 'slow'))
  await expect.poll(() => waiting.length).toBe(1)
  waiting.pop()?.()
  const answers = await Promise.all(calls)
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  expect([runs, answers.filter(({ headers }) => headers.has('x-mizan-replayed')).length]).toEqual([
    1, 19,
  ])
})

test('a key that was used for another call is refused', async () => {
  await using app = appOf()
  await payWith(app, 'k', 5)
  const other = await payWith(app, 'k', 6)
  expect([other.status, runs]).toEqual([422, 1])
})

test('keys are of one caller: nobody gets the answer of somebody else', async () => {
  await using app = appOf()
  const ada = await cookieOf(app, 'ada')
  const bob = await cookieOf(app, 'bob')
  const answers = [
    await payWith(app, 'k', 5, ada),
    await payWith(app, 'k', 5, bob),
    await payWith(app, 'k'),
  ]
  expect(answers.map(({ json }) => (json as { result: number }).result)).toEqual([1, 2, 3])
  expect((await payWith(app, 'k', 5, ada)).json).toMatchObject({ result: 1 })
})

test('errors of the function are outcomes; "later" is none', async () => {
  await using app = appOf()
  for (const amount of ['broke', 'crash']) {
    const first = await payWith(app, amount, amount)
    const again = await payWith(app, amount, amount)
    expect([again.text, again.headers.get('x-mizan-replayed')]).toEqual([first.text, 'true'])
  }
  expect(runs).toBe(2)
  await payWith(app, 'later', 'later')
  await payWith(app, 'later', 'later')
  expect(runs).toBe(4)
})

test('what was refused before it ran keeps no key', async () => {
  await using app = appOf()
  const headers = { 'idempotency-key': 'k', 'sec-fetch-site': 'cross-site' }
  expect((await send(app, '/api/mizan/call/pay/', { body: {}, headers })).status).toBe(403)
  expect((await payWith(app, 'k', 6)).json).toMatchObject({ result: 1 })
})

test('a session is kept nowhere but in its browser', async () => {
  const kept: string[] = []
  const memory = new MemoryIdempotencyStore()
  const store: IdempotencyStore = {
    claim: (key, record, ttl) => memory.claim(key, record, ttl),
    async put(key, record, ttl) {
      kept.push(record)
      await memory.put(key, record, ttl)
    },
    delete: (key) => memory.delete(key),
  }
  await using app = appOf({ store })
  const headers = { 'idempotency-key': 'k' }
  const enterOnce = () => send(app, '/api/mizan/call/enter/', { body: { id: 'ada' }, headers })
  expect((await enterOnce()).cookies).toHaveLength(1)
  expect((await enterOnce()).cookies).toHaveLength(1)
  expect(kept).toEqual([])
})

test('an answer that is too long is not kept; that the call has run is', async () => {
  await using app = appOf()
  await payWith(app, 'k', 'long')
  const again = await payWith(app, 'k', 'long')
  expect([again.status, again.headers.get('retry-after'), runs]).toEqual([409, '1', 1])
})

test('a call whose process died is not run again by another one', async () => {
  const store = new MemoryIdempotencyStore()
  const dead = appOf({ store })
  const call = payWith(dead, 'k', 'slow')
  await expect.poll(() => waiting.length).toBe(1)
  await using alive = appOf({ store })
  const again = await payWith(alive, 'k', 'slow')
  expect([again.status, runs]).toEqual([409, 0])
  waiting.pop()?.()
  await call
  expect((await payWith(alive, 'k', 'slow')).headers.get('x-mizan-replayed')).toBe('true')
  await dead.close()
})

test('after a day a key is new', async () => {
  let now = 1_000_000
  await using app = appOf(undefined, () => now)
  await payWith(app, 'k')
  now += 86_399_000
  expect((await payWith(app, 'k')).json).toMatchObject({ result: 1 })
  now += 2_000
  expect((await payWith(app, 'k')).json).toMatchObject({ result: 2 })
})

test('without its store nothing runs; an answer that cannot be kept is given all the same', async () => {
  const broken: IdempotencyStore = {
    claim: () => Promise.reject(new Error('down')),
    put: () => Promise.reject(new Error('down')),
    delete: () => Promise.reject(new Error('down')),
  }
  await using app = appOf({ store: broken })
  expect([(await payWith(app, 'k')).status, runs]).toEqual([503, 0])
  await using half = appOf({ store: { ...broken, claim: async () => undefined } })
  expect((await payWith(half, 'k')).json).toMatchObject({ result: 1 })
})

test.each(['', '""', 'a b', '"a', 'x'.repeat(256), '"\u00e9"', 'a, b'])(
  '%j is no key',
  async (key) => {
    await using app = appOf()
    expect((await payWith(app, key)).status).toBe(400)
  },
)

test('a stream cannot be repeated', async () => {
  await using app = appOf()
  const headers = { 'idempotency-key': 'k' }
  expect((await send(app, '/api/mizan/call/count/', { body: {}, headers })).status).toBe(400)
})

test('memory is bounded: the oldest answers go first, and what has expired', async () => {
  let now = 0
  const store = new MemoryIdempotencyStore({ maxSize: 100, clock: () => now })
  for (const key of ['a', 'b', 'c']) await store.put(key, 'x'.repeat(40), 10)
  expect(await store.claim('a', 'new', 10)).toBeUndefined()
  expect(await store.claim('c', 'new', 10)).toBe('x'.repeat(40))
  now = 11_000
  expect(await store.claim('c', 'new', 10)).toBeUndefined()
})
