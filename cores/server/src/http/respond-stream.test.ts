import type { ProtocolResponse } from '@mizan/protocol'
import { expect, test } from 'vitest'
import { call, send, silentLogger } from '../../test/send.ts'
import {
  type App,
  client,
  collect,
  createApp,
  currentScope,
  defineContext,
  defineError,
  definePlugin,
  getSignal,
  invalidate,
} from '../index.ts'

const RoomContext = defineContext('room')
const Full = defineError('FULL', { status: 409 })
const room = client({ context: RoomContext }, function room(roomId: number) {
  return roomId
})

/** An app with one stream, started with a request of its own. */
function appOf(fn: () => AsyncGenerator<unknown>, options: { timeout?: number } = {}): App {
  const count = client({ name: 'count', affects: RoomContext, ...options }, fn)
  return createApp({ functions: collect(room, count), logger: silentLogger() })
}

function request(signal: AbortSignal = new AbortController().signal) {
  const body = (async function* () {
    yield new TextEncoder().encode('{}')
  })()
  return {
    method: 'POST',
    path: '/api/mizan/call/count/',
    query: '',
    headers: { 'content-type': 'application/json' },
    body,
    signal,
  }
}

function chunksOf({ body }: ProtocolResponse): AsyncIterator<Uint8Array> {
  if (body === null || typeof body === 'string' || body instanceof Uint8Array)
    throw new TypeError('no stream')
  return body[Symbol.asyncIterator]()
}

test('a stream is a line of JSON an item, and the last line says what went stale', async () => {
  await using app = appOf(async function* count() {
    yield 1
    yield { at: 'x\ny' }
    invalidate(RoomContext, { roomId: 5 })
  })
  const answer = await call(app, 'count')
  expect(answer.text).toBe(
    '{"item":1}\n{"item":{"at":"x\\ny"}}\n{"end":true,"invalidate":[{"context":"room","params":{"room_id":"5"}}]}\n',
  )
  expect(answer.headers.get('content-type')).toBe('application/x-ndjson')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.headers.has('x-mizan-invalidate')).toBe(false)
})

test('the last line says what was changed in tags too, and which names were declared', async () => {
  const OtherContext = defineContext('other')
  const other = client({ context: OtherContext }, function other() {
    currentScope()?.observeRead('rows')
    return 1
  })
  for (const fails of [false, true]) {
    const count = client({ name: 'count', affects: RoomContext }, async function* count() {
      yield 1
      currentScope()?.observeWrite('rows')
      if (fails) throw new Full()
    })
    await using app = createApp({
      functions: collect(room, other, count),
      logger: silentLogger(),
      cache: { secret: 'a cache secret that only the tests know' },
    })
    const read = await send(app, '/api/mizan/ctx/other/')
    const [, last = ''] = (await call(app, 'count')).text.split('\n')
    const line = JSON.parse(last) as Record<string, unknown> // cast: an object, as the protocol says
    expect(Object.keys(line)).toEqual([fails ? 'error' : 'end', 'changed', 'exact', 'invalidate'])
    expect(line['changed']).toContain(read.headers.get('x-mizan-tags'))
    expect([line['exact'], line['invalidate']]).toEqual([['room'], ['room', 'other']])
  }
})

test('an error before the first item answers with its own status', async () => {
  // oxlint-disable-next-line require-yield -- it fails before
  await using app = appOf(async function* count(): AsyncGenerator<never> {
    throw new Full()
  })
  const answer = await call(app, 'count')
  expect([answer.status, answer.text]).toEqual([409, '{"error":{"code":"FULL","message":"FULL"}}'])
})

test('an error after items is the last line, without its secrets', async () => {
  await using app = appOf(async function* count() {
    yield 1
    throw new Error('hunter2')
  })
  const answer = await call(app, 'count')
  expect(answer.status).toBe(200)
  expect(answer.text).toMatch(/^{"item":1}\n{"error":{"code":"INTERNAL","id":"[^"]+","message"/)
  expect(answer.text).not.toContain('hunter2')
})

test('an item without a wire form is an error in its place, and the function is told to stop', async () => {
  let isOver = false
  await using app = appOf(async function* count() {
    try {
      yield 1
      yield 5n
      yield 3
    } finally {
      isOver = true
    }
  })
  const answer = await call(app, 'count')
  expect(answer.text).toMatch(/^{"item":1}\n{"error":{"code":"INTERNAL"/)
  expect(isOver).toBe(true)
})

test.each(['the request ends', 'the body is left'])(
  'when %s, the signal aborts, finally runs, and nothing is committed',
  async (how) => {
    const seen: string[] = []
    const plugin = definePlugin({
      name: 'transaction',
      async around(scope, next) {
        try {
          const value = await next(scope)
          seen.push('commit')
          return value
        } catch (error) {
          seen.push('rollback')
          throw error
        }
      },
    })
    const count = client({ name: 'count' }, async function* count() {
      try {
        yield currentScope()?.functionName
        await new Promise((resolve) => getSignal().addEventListener('abort', resolve))
        seen.push('signal')
        yield 2
      } finally {
        seen.push(`finally in ${currentScope()?.functionName}`)
      }
    })
    const app = createApp({
      functions: collect(count),
      plugins: [plugin],
      logger: silentLogger(),
    })
    const left = new AbortController()
    const chunks = chunksOf(await app.handle(request(left.signal)))
    const first = await chunks.next()
    expect(new TextDecoder().decode(first.value)).toBe('{"item":"count"}\n')
    if (how === 'the request ends') left.abort()
    else await chunks.return?.()
    await app.close()
    expect(seen).toEqual(['signal', 'finally in count', 'rollback'])
  },
)

test('the function is never more than one item ahead of the client', async () => {
  const made: number[] = []
  await using app = appOf(async function* count() {
    for (let item = 1; item <= 3; item += 1) {
      made.push(item)
      yield item
    }
  })
  const chunks = chunksOf(await app.handle(request()))
  await chunks.next()
  await new Promise((resolve) => setImmediate(resolve))
  expect(made).toEqual([1, 2])
  await chunks.next()
  await new Promise((resolve) => setImmediate(resolve))
  expect(made).toEqual([1, 2, 3])
  await chunks.return?.()
})

test('the time limit is that of one item, not of the client that reads slowly', async () => {
  await using app = appOf(
    async function* count() {
      yield 1
      yield 2
      await new Promise((resolve) => getSignal().addEventListener('abort', resolve))
    },
    { timeout: 40 },
  )
  const chunks = chunksOf(await app.handle(request()))
  await chunks.next()
  await expect.poll(() => true, { interval: 60 }).toBe(true)
  const lines = [await chunks.next(), await chunks.next()].map(({ value }) =>
    new TextDecoder().decode(value),
  )
  expect(lines[0]).toBe('{"item":2}\n')
  expect(lines[1]).toContain('"code":"TIMEOUT"')
  expect((await chunks.next()).done).toBe(true)
})

test('close() waits for the last line', async () => {
  const app = appOf(async function* count() {
    yield 1
    yield 2
  })
  const chunks = chunksOf(await app.handle(request()))
  await chunks.next()
  let isClosed = false
  const closed = app.close().then(() => (isClosed = true))
  await new Promise((resolve) => setImmediate(resolve))
  expect(isClosed).toBe(false)
  expect(new TextDecoder().decode((await chunks.next()).value)).toBe('{"item":2}\n')
  await chunks.next()
  await chunks.next()
  await closed
})

test('app.call gives the items as the function yields them', async () => {
  const count = client({ name: 'count' }, async function* count(upTo: number) {
    for (let item = 1; item <= upTo; item += 1) yield item
  })
  await using app = createApp({ functions: collect(count) })
  const items: number[] = []
  for await (const item of await app.call(count, [3])) items.push(item)
  expect(items).toEqual([1, 2, 3])
})

test('close() waits for the body of a view as well', async () => {
  const page = client({ name: 'page', route: '/page/', methods: ['GET'] }, function page() {
    const chunks = ['a', 'b'].map((text) => new TextEncoder().encode(text))
    return new Response(
      new ReadableStream({
        pull(controller) {
          const chunk = chunks.shift()
          if (chunk === undefined) controller.close()
          else controller.enqueue(chunk)
        },
      }),
    )
  })
  const app = createApp({ functions: collect(page) })
  const { signal } = new AbortController()
  const get = { method: 'GET', path: '/page/', query: '', headers: {}, body: null, signal }
  const chunks = chunksOf(await app.handle(get))
  await chunks.next()
  let isClosed = false
  const closed = app.close().then(() => (isClosed = true))
  await new Promise((resolve) => setImmediate(resolve))
  expect(isClosed).toBe(false)
  await chunks.next()
  await chunks.next()
  await closed
})
