import { closeCodes } from '@mizan/protocol'
import { expect, test } from 'vitest'
import { MemorySessionStore } from '../index.ts'
import { liveApp, nothing } from '../../test/live-app.ts'
import { cookieOf, identity } from '../../test/people.ts'
import { call } from '../../test/send.ts'
import { connect } from '../../test/socket.ts'

const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`

const hostile: readonly (readonly [string, string, string])[] = [
  ['no JSON', '{', 'BAD_REQUEST'],
  ['nothing', '', 'BAD_REQUEST'],
  ['a list', '[]', 'BAD_REQUEST'],
  ['null', 'null', 'BAD_REQUEST'],
  ['nothing that is asked', '{"id":1}', 'BAD_REQUEST'],
  ['two things at once', '{"id":1,"call":{"fn":"echo"},"leave":true}', 'BAD_REQUEST'],
  ['no id', '{"call":{"fn":"echo"}}', 'BAD_REQUEST'],
  ['an id that is none', '{"id":{},"call":{"fn":"echo"}}', 'BAD_REQUEST'],
  ['an id that is long', `{"id":"${'x'.repeat(65)}","call":{"fn":"echo"}}`, 'BAD_REQUEST'],
  ['an id that is no integer', '{"id":1.5,"call":{"fn":"echo"}}', 'BAD_REQUEST'],
  ['a call of nothing', '{"id":1,"call":null}', 'BAD_REQUEST'],
  ['a name that is none', '{"id":1,"call":{"fn":{}}}', 'BAD_REQUEST'],
  ['arguments that are a list', '{"id":1,"call":{"fn":"echo","args":[]}}', 'BAD_REQUEST'],
  ['keys of a prototype', '{"__proto__":{"id":1,"call":{"fn":"echo"}}}', 'BAD_REQUEST'],
  ['a prototype for a call', '{"id":1,"call":{"__proto__":{"fn":"echo"}}}', 'BAD_REQUEST'],
  ['a context of a prototype', '{"id":1,"subscribe":{"context":"__proto__"}}', 'NOT_FOUND'],
  ['a channel of a prototype', '{"id":1,"join":{"channel":"constructor"}}', 'NOT_FOUND'],
  ['a message to nowhere', '{"id":1,"send":{}}', 'NOT_FOUND'],
  ['100,000 brackets', `{"id":1,"call":{"fn":"echo","args":{"text":${deep}}}}`, 'BAD_REQUEST'],
  ['a token that is none', '{"auth":{}}', 'BAD_REQUEST'],
  ['a token with a line break', '{"auth":"x\\r\\nset-cookie: y"}', 'BAD_REQUEST'],
  ['an etag that is none', '{"id":1,"subscribe":{"context":"item","etag":{}}}', 'BAD_REQUEST'],
  ['leave that is no true', '{"id":1,"leave":1}', 'BAD_REQUEST'],
]

test.each(hostile)(
  '%s is answered with a coded error, and the next frame works',
  async (_, text, code) => {
    await using app = liveApp()
    const socket = await connect(app)
    expect(await socket.ask(text)).toMatchObject({ error: { code } })
    expect(await socket.ask({ id: 9, call: { fn: 'echo', args: { text: 'alive' } } })).toEqual({
      id: 9,
      result: 'alive',
    })
    expect('id' in {} || 'polluted' in {}).toBe(false)
  },
)

test('leaving and unsubscribing what nobody knows is harmless', async () => {
  await using app = liveApp()
  const socket = await connect(app)
  socket.say({ id: 'x', leave: true })
  socket.say({ id: 'x', unsubscribe: true })
  expect(await socket.ask({ id: 9, call: { fn: 'echo', args: { text: '' } } })).toMatchObject({
    id: 9,
  })
})

test('a frame over the limit closes', async () => {
  await using app = liveApp({ live: { limits: { frame: 100 } } })
  const socket = await connect(app)
  // Bytes, not characters.
  socket.say(JSON.stringify({ id: 1, call: { fn: 'echo', args: { text: 'ä'.repeat(60) } } }))
  expect(await socket.whenClosed()).toBe(closeCodes.tooLarge)
  expect((await app.inspect()).live).toEqual(nothing)
})

test('too many frames are refused, far too many close', async () => {
  await using app = liveApp({ live: { limits: { rate: 5 } }, clock: () => 0 })
  const socket = await connect(app)
  for (let id = 0; id < 11; id++) socket.say({ id, leave: true })
  expect(await socket.next()).toEqual({
    id: 10,
    error: { code: 'RATE_LIMITED', message: 'too many frames' },
  })
  for (let id = 0; id < 20; id++) socket.say({ id, leave: true })
  expect(await socket.whenClosed()).toBe(closeCodes.rateLimited)
})

test('subscriptions of one client are limited', async () => {
  await using app = liveApp({ live: { limits: { subscriptions: 2 } } })
  const socket = await connect(app)
  for (const id of [1, 2])
    expect(
      await socket.ask({ id, subscribe: { context: 'item', params: { item_id: id } } }),
    ).toHaveProperty('data')
  expect(
    await socket.ask({ id: 3, subscribe: { context: 'item', params: { item_id: 3 } } }),
  ).toMatchObject({ id: 3, error: { code: 'RATE_LIMITED' } })
})

test('a client that does not read is cut off, the others are told', async () => {
  await using app = liveApp({ live: { limits: { buffered: 1_000 } } })
  const [slow, quick] = [await connect(app), await connect(app)]
  for (const socket of [slow, quick])
    await socket.ask({ id: 1, subscribe: { context: 'item', params: { item_id: 5 } } })
  slow.buffered = 1_001
  await call(app, 'rename', { item_id: 5, name: 'x' })
  expect(await slow.whenClosed()).toBe(closeCodes.tooSlow)
  expect(await quick.next()).toHaveProperty('invalidate')
  expect((await app.inspect()).live).toMatchObject({ connections: 1, subscriptions: 1 })
})

test('a session store that hangs holds up pushes, not memory', async () => {
  let isHanging = false
  const sessions = new MemorySessionStore()
  const get = sessions.get.bind(sessions)
  sessions.get = (id) => (isHanging ? new Promise(() => {}) : get(id))
  await using app = liveApp({ identity: { ...identity, sessions }, limits: { drain: 10 } })
  const socket = await connect(app, { cookie: await cookieOf(app, 'ada') })
  await socket.ask({ id: 1, subscribe: { context: 'item', params: { item_id: 5 } } })
  isHanging = true
  for (let round = 0; round < 300; round++) await call(app, 'rename', { item_id: 5, name: 'x' })
  expect(socket.frames).toEqual([])
  for (let id = 0; id < 33; id++) socket.say({ id, call: { fn: 'echo', args: { text: '' } } })
  expect(await socket.next()).toMatchObject({ id: 32, error: { code: 'RATE_LIMITED' } })
})

test('more clients than the server takes are sent away', async () => {
  await using app = liveApp({ live: { limits: { connections: 1 } } })
  const first = await connect(app)
  expect((await connect(app)).closed?.code).toBe(closeCodes.full)
  first.leave()
  expect((await connect(app)).closed).toBeUndefined()
})

test('1,000 sockets are told of one mutation each once', async () => {
  await using app = liveApp()
  const sockets = await Promise.all(Array.from({ length: 1_000 }, () => connect(app)))
  await Promise.all(
    sockets.map((socket) =>
      socket.ask({ id: 1, subscribe: { context: 'item', params: { item_id: 5 } } }),
    ),
  )
  await call(app, 'rename', { item_id: 5, name: 'x' })
  await Promise.all(sockets.map((socket) => socket.next()))
  expect(sockets.every(({ frames }) => frames.length === 0)).toBe(true)
  for (const socket of sockets) socket.leave()
  expect((await app.inspect()).live).toEqual(nothing)
})
