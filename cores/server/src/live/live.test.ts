import { closeCodes } from '@mizan/protocol'
import { expect, test } from 'vitest'
import { MemoryBus } from '../index.ts'
import { liveApp, liveFunctions, nothing, waiting } from '../../test/live-app.ts'
import { cookieOf } from '../../test/people.ts'
import { call } from '../../test/send.ts'
import { connect, TestSocket, upgradeRequest } from '../../test/socket.ts'

test('a function that says websocket: true is called, any other is not found', async () => {
  await using app = liveApp()
  const socket = await connect(app)
  expect(await socket.ask({ id: 1, call: { fn: 'echo', args: { text: 'x' } } })).toEqual({
    id: 1,
    result: 'x',
  })
  const missing = { code: 'NOT_FOUND', message: 'No such function' }
  for (const fn of ['not_over_sockets', 'item', 'no_such', '__proto__', 'constructor']) {
    expect(await socket.ask({ id: 'a', call: { fn } })).toEqual({ id: 'a', error: missing })
  }
})

test('a call is guarded, and what it throws leaks nothing', async () => {
  await using app = liveApp()
  const socket = await connect(app)
  expect(await socket.ask({ id: 1, call: { fn: 'who_am_i' } })).toMatchObject({
    id: 1,
    error: { code: 'UNAUTHORIZED' },
  })
  const failed = await socket.ask({ id: 2, call: { fn: 'fail', args: { item_id: 1 } } })
  expect(failed).toMatchObject({ id: 2, error: { code: 'INTERNAL' } })
  expect(JSON.stringify(failed)).not.toContain('hunter2')
  const ada = await connect(app, { cookie: await cookieOf(app, 'ada') })
  expect(await ada.ask({ id: 1, call: { fn: 'who_am_i' } })).toEqual({ id: 1, result: 'ada' })
})

test('subscribing answers with data, or without when the client holds them', async () => {
  await using app = liveApp()
  const socket = await connect(app)
  const subscribe = { context: 'item', params: { item_id: 5 } }
  const first = await socket.ask({ id: 1, subscribe })
  expect(first).toEqual({ id: 1, data: { item: 'Item 5' }, etag: expect.any(String), tags: [] })
  const again = await socket.ask({ id: 1, subscribe: { ...subscribe, etag: first['etag'] } })
  expect(again).toEqual({ id: 1, result: null, etag: first['etag'], tags: [] })
})

test('a mutation is pushed to everybody who shows what it changed, and to nobody else', async () => {
  await using app = liveApp()
  const [shows, other, nothingShown] = [await connect(app), await connect(app), await connect(app)]
  await shows.ask({ id: 1, subscribe: { context: 'item', params: { item_id: 5 } } })
  await other.ask({ id: 1, subscribe: { context: 'item', params: { item_id: 6 } } })
  await call(app, 'rename', { item_id: 5, name: 'Pen' })
  expect(await shows.next()).toEqual({
    invalidate: [{ context: 'item', params: { item_id: '5' } }],
    changed: [],
  })
  await call(app, 'rename', { item_id: 6, name: 'Ink' })
  expect(await other.next()).toMatchObject({ invalidate: [{ params: { item_id: '6' } }] })
  expect([shows.frames, other.frames, nothingShown.frames]).toEqual([[], [], []])
})

test('observed writes are pushed to whoever was read from them, as the instance that it shows', async () => {
  await using app = liveApp()
  const socket = await connect(app)
  const { tags } = await socket.ask({
    id: 1,
    subscribe: { context: 'rows', params: { row_id: 5 } },
  })
  expect(tags).toHaveLength(2)
  await call(app, 'write_row', { row_id: 6 })
  await call(app, 'write_row', { row_id: 5 })
  const { invalidate, changed } = await socket.next()
  expect(invalidate).toEqual([{ context: 'rows', params: { row_id: '5' } }])
  expect(tags).toEqual(expect.arrayContaining(changed as string[]))
  expect(changed).toHaveLength(1)
  expect(socket.frames).toEqual([])
})

test('an instance that went stale once is not told of what does not concern it', async () => {
  await using app = liveApp()
  const socket = await connect(app)
  await socket.ask({ id: 1, subscribe: { context: 'rows', params: { row_id: 5 } } })
  await call(app, 'write_row', { row_id: 5 })
  await socket.next()
  await socket.ask({ id: 2, call: { fn: 'echo', args: { text: '' } } })
  await call(app, 'write_row', { row_id: 6 })
  await call(app, 'write_row', { row_id: 5 })
  expect(await socket.next()).toMatchObject({ invalidate: [{ params: { row_id: '5' } }] })
  await socket.ask({ id: 2, call: { fn: 'echo', args: { text: '' } } })
  expect(socket.frames).toEqual([])
})

test('a mutation that failed pushes nothing', async () => {
  await using app = liveApp()
  const socket = await connect(app)
  await socket.ask({ id: 1, subscribe: { context: 'item', params: { item_id: 5 } } })
  await call(app, 'fail', { item_id: 5 })
  expect(await socket.ask({ id: 2, call: { fn: 'echo', args: { text: 'next' } } })).toMatchObject({
    result: 'next',
  })
  expect(socket.frames).toEqual([])
})

test('whoever called over the socket learns it with the result, and not again', async () => {
  await using app = liveApp()
  const [caller, other] = [await connect(app), await connect(app)]
  for (const socket of [caller, other])
    await socket.ask({ id: 1, subscribe: { context: 'item', params: { item_id: 5 } } })
  const answer = await caller.ask({
    id: 2,
    call: { fn: 'rename', args: { item_id: 5, name: 'x' } },
  })
  const target = { context: 'item', params: { item_id: '5' } }
  expect(answer).toEqual({ id: 2, result: null, invalidate: [target] })
  expect(await other.next()).toEqual({ invalidate: [target], changed: [] })
  expect(caller.frames).toEqual([])
})

test('only a subscription whose guard passed is told anything', async () => {
  await using app = liveApp()
  const ada = await connect(app, { cookie: await cookieOf(app, 'ada') })
  const root = await connect(app, { cookie: await cookieOf(app, 'root') })
  expect(await ada.ask({ id: 1, subscribe: { context: 'staff' } })).toMatchObject({
    id: 1,
    error: { code: 'FORBIDDEN' },
  })
  expect(await root.ask({ id: 1, subscribe: { context: 'staff' } })).toMatchObject({
    data: { report: 'numbers' },
  })
  await call(app, 'recount')
  expect(await root.next()).toEqual({ invalidate: ['staff'], changed: [] })
  expect(ada.frames).toEqual([])
})

test('who unsubscribed is told nothing more', async () => {
  await using app = liveApp()
  const socket = await connect(app)
  await socket.ask({ id: 1, subscribe: { context: 'item', params: { item_id: 5 } } })
  socket.say({ id: 1, unsubscribe: true })
  await call(app, 'rename', { item_id: 5, name: 'x' })
  await socket.ask({ id: 2, call: { fn: 'echo', args: { text: '' } } })
  expect(socket.frames).toEqual([])
})

test('signing out closes the sockets of the session, in every process', async () => {
  const bus = new MemoryBus()
  const sessions = new (await import('../index.ts')).MemorySessionStore()
  const { identity } = await import('../../test/people.ts')
  const options = { live: { bus }, identity: { ...identity, sessions } }
  await using here = liveApp(options)
  await using there = liveApp(options)
  await there.start()
  const cookie = await cookieOf(here, 'ada')
  const [first, second] = [await connect(here, { cookie }), await connect(there, { cookie })]
  await call(here, 'leave', {}, { cookie })
  expect(await first.whenClosed()).toBe(closeCodes.sessionEnded)
  expect(await second.whenClosed()).toBe(closeCodes.sessionEnded)
})

test('a session that ended without a word is found out at the heartbeat', async () => {
  const known = new Set(['ada'])
  const { identity } = await import('../../test/people.ts')
  const resolve = async (id: string) =>
    known.has(id) ? { id, staff: false, superuser: false } : null
  await using app = liveApp({ identity: { ...identity, resolve }, live: { heartbeat: 5 } })
  const socket = await connect(app, { cookie: await cookieOf(app, 'ada') })
  known.clear()
  expect(await socket.whenClosed()).toBe(closeCodes.sessionEnded)
})

test('who may not read any more is told so, and not what changed', async () => {
  const staff = new Set(['root'])
  const { identity } = await import('../../test/people.ts')
  const resolve = async (id: string) => ({ id, staff: staff.has(id), superuser: false })
  await using app = liveApp({ identity: { ...identity, resolve } })
  const socket = await connect(app, { cookie: await cookieOf(app, 'root') })
  await socket.ask({ id: 1, subscribe: { context: 'staff' } })
  staff.clear()
  await call(app, 'recount')
  expect(await socket.next()).toMatchObject({ id: 1, error: { code: 'FORBIDDEN' } })
  await call(app, 'recount')
  await socket.ask({ id: 2, call: { fn: 'echo', args: { text: '' } } })
  expect(socket.frames).toEqual([])
})

test('a token that is not valid closes, whenever it comes', async () => {
  await using app = liveApp()
  const socket = await connect(app)
  socket.say({ auth: 'garbage' })
  expect(await socket.whenClosed()).toBe(closeCodes.sessionEnded)
  const byHeader = await connect(app, { 'x-mizan-token': 'garbage' })
  expect(byHeader.closed?.code).toBe(closeCodes.sessionEnded)
})

test('a page of another origin is refused, before and after the upgrade', async () => {
  await using app = liveApp()
  const foreign = { origin: 'https://evil.example' }
  expect((await app.handle(upgradeRequest(foreign))).status).toBe(403)
  expect((await app.handle(upgradeRequest({ origin: 'http://localhost' }))).status).toBe(101)
  expect((await connect(app, foreign)).closed?.code).toBe(closeCodes.forbidden)
})

test('a socket cannot sign in', async () => {
  await using app = liveApp()
  const socket = await connect(app)
  const answer = await socket.ask({ id: 1, call: { fn: 'enter_here', args: { id: 'ada' } } })
  expect(answer).toMatchObject({ error: { code: 'INTERNAL' } })
})

test('a client that leaves aborts what it runs, and nothing of it stays', async () => {
  await using app = liveApp()
  const socket = await connect(app)
  await socket.ask({ id: 1, subscribe: { context: 'item', params: { item_id: 5 } } })
  socket.say({ id: 2, call: { fn: 'wait' } })
  await expect.poll(() => waiting.length).toBeGreaterThan(0)
  socket.leave()
  expect(waiting.at(-1)?.aborted).toBe(true)
  expect((await app.inspect()).live).toEqual(nothing)
})

test('closing answers the calls in flight, then sends everybody away', async () => {
  const app = liveApp()
  const [socket, idle] = [await connect(app), await connect(app)]
  socket.say({ id: 1, call: { fn: 'echo', args: { text: 'last' } } })
  await app.close()
  expect(socket.frames).toEqual([{ id: 1, result: 'last' }])
  expect([socket.closed?.code, idle.closed?.code]).toEqual([1001, 1001])
  expect((await connect(app)).closed?.code).toBe(closeCodes.goingAway)
})

test('frames that come before the app has started are answered in their order', async () => {
  await using app = liveApp({
    plugins: [{ name: 'slow', start: () => new Promise((resolve) => setImmediate(resolve)) }],
  })
  const socket = new TestSocket()
  const connected = app.connect(upgradeRequest(), socket)
  for (const id of [1, 2, 3]) socket.say({ id, call: { fn: 'echo', args: { text: `${id}` } } })
  await connected
  expect(
    [await socket.next(), await socket.next(), await socket.next()].map(({ id }) => id),
  ).toEqual([1, 2, 3])
})

test('processes with one bus push to the clients of each other', async () => {
  const bus = new MemoryBus()
  const names = new Map<number, string>()
  await using here = liveApp({ live: { bus }, functions: liveFunctions(names) })
  await using there = liveApp({ live: { bus }, functions: liveFunctions(names) })
  await Promise.all([here.start(), there.start()])
  const socket = await connect(there)
  await socket.ask({ id: 1, subscribe: { context: 'item', params: { item_id: 5 } } })
  await call(here, 'rename', { item_id: 5, name: 'Pen' })
  expect(await socket.next()).toMatchObject({ invalidate: [{ params: { item_id: '5' } }] })
})
