import type { ArtifactChannel } from '@mizan/protocol'
import { expect, test } from 'vitest'
import {
  type App,
  type AppOptions,
  type Channel,
  client,
  collect,
  createApp,
  defineChannel,
  defineToken,
  type Functions,
  inject,
  type LiveBus,
  MemoryBus,
  provide,
} from '../index.ts'
import { nothing } from '../../test/live-app.ts'
import { cookieOf, enter, identity } from '../../test/people.ts'
import { call, silentLogger } from '../../test/send.ts'
import { connect } from '../../test/socket.ts'

interface Line {
  readonly text: string
  readonly at: Date
}

const talk = defineChannel<{ roomId: number }, Line>('talk', {
  join: 'anyone',
  send: 'anyone',
  history: 3,
  presence: (principal) => principal?.id ?? 'somebody',
})
const news = defineChannel<Record<never, never>, string>('news', { join: 'anyone' })
const Owner = defineToken<string>('Owner')
const members = defineChannel<{ roomId: number }, string>('members', {
  // A guard may inject.
  join: (principal, { roomId }) => principal.id === inject(Owner) && roomId === 1,
  send: 'staff',
})
const polite = defineChannel<Record<never, never>, string>('polite', {
  join: 'anyone',
  send: 'anyone',
  receive: (message, { principal }) =>
    message === 'rude' ? undefined : `${principal?.id ?? 'somebody'}: ${message}`,
})

const roomId = {
  name: 'room_id',
  key: 'roomId',
  schema: { type: 'integer' },
  required: true,
} as const
const text = { type: 'string' } as const
const facts: Readonly<Record<string, ArtifactChannel>> = {
  talk: {
    key: 'talk',
    source: 'test',
    params: [roomId],
    message: {
      type: 'object',
      properties: { text, at: { type: 'string', format: 'date-time', 'x-mizan': 'date' } },
      required: ['text', 'at'],
    },
  },
  news: { key: 'news', source: 'test', params: [], message: text },
  members: { key: 'members', source: 'test', params: [roomId], message: text },
  polite: { key: 'polite', source: 'test', params: [], message: text },
}
const channels = new Map<string, Channel>(
  Object.entries({ talk, news, members, polite }) as [string, Channel][],
)

function functions(): Functions {
  const collected = collect(
    enter as never,
    client({ websocket: true }, function announce(line: string): void {
      news.publish({}, line)
    }),
    client(function announceAndFail(line: string): void {
      news.publish({}, line)
      throw new Error('after publishing')
    }),
    client(function announceNonsense(): void {
      news.publish({}, 5 as never)
    }),
  )
  return { ...collected, artifact: { ...collected.artifact, channels: facts }, channels }
}

function app(options: Partial<AppOptions> = {}): App {
  const given = { identity, logger: silentLogger(), provide: [provide(Owner, 'ada')] }
  return createApp({ functions: functions(), ...given, ...options })
}

const at = '2026-01-02T03:04:05.000Z'
const join = (id: number, since?: number) => ({
  id,
  join: { channel: 'talk', params: { room_id: 1 }, ...(since === undefined ? {} : { since }) },
})

test('what one sends everybody in the room gets, in one order, and nobody else', async () => {
  await using one = app()
  const [ada, bob, other] = [await connect(one), await connect(one), await connect(one)]
  expect(await ada.ask(join(1))).toEqual({
    id: 1,
    joined: { seq: 0, present: ['somebody'], missed: [] },
  })
  await bob.ask(join(7))
  await other.ask({ id: 1, join: { channel: 'talk', params: { room_id: 2 } } })
  for (const word of ['a', 'b', 'c']) ada.say({ id: 1, send: { text: word, at } })
  const heard: unknown[] = []
  while (heard.length < 3) {
    const frame = await bob.next()
    if ('message' in frame) heard.push(frame)
  }
  expect(heard).toMatchObject(
    ['a', 'b', 'c'].map((word) => ({ id: 7, message: { text: word, at } })),
  )
  expect(other.frames.filter((frame) => 'message' in frame)).toEqual([])
})

test('a message that does not fit is refused, and the join stays', async () => {
  await using one = app()
  const socket = await connect(one)
  await socket.ask(join(1))
  expect(await socket.ask({ id: 1, send: { text: 5, at } })).toMatchObject({
    id: 1,
    send: true,
    error: { code: 'VALIDATION_FAILED' },
  })
  socket.say({ id: 1, send: { text: 'fine', at, extra: 'dropped' } })
  expect(await socket.next()).toMatchObject({ id: 1, message: { text: 'fine', at } })
})

test('params are checked, and unknown channels are not found', async () => {
  await using one = app()
  const socket = await connect(one)
  for (const params of [{}, { room_id: 'x' }, { __proto__: { room_id: 1 } }]) {
    expect(await socket.ask({ id: 1, join: { channel: 'talk', params } })).toMatchObject({
      error: { code: 'VALIDATION_FAILED' },
    })
  }
  expect(await socket.ask({ id: 1, join: { channel: 'nope' } })).toMatchObject({
    error: { code: 'NOT_FOUND' },
  })
})

test('guards say who joins and who sends', async () => {
  await using one = app()
  const [nobody, ada, bob] = [
    await connect(one),
    await connect(one, { cookie: await cookieOf(one, 'ada') }),
    await connect(one, { cookie: await cookieOf(one, 'bob') }),
  ]
  const ask = (room: number) => ({ id: 1, join: { channel: 'members', params: { room_id: room } } })
  expect(await nobody.ask(ask(1))).toMatchObject({ error: { code: 'UNAUTHORIZED' } })
  expect(await bob.ask(ask(1))).toMatchObject({ error: { code: 'FORBIDDEN' } })
  expect(await ada.ask(ask(2))).toMatchObject({ error: { code: 'FORBIDDEN' } })
  expect(await ada.ask(ask(1))).toHaveProperty('joined')
  expect(await ada.ask({ id: 1, send: 'x' })).toMatchObject({
    send: true,
    error: { code: 'FORBIDDEN' },
  })
  await nobody.ask({ id: 2, join: { channel: 'news' } })
  expect(await nobody.ask({ id: 2, send: 'x' })).toMatchObject({ error: { code: 'FORBIDDEN' } })
})

test('receive changes a message or swallows it', async () => {
  await using one = app()
  const socket = await connect(one, { cookie: await cookieOf(one, 'ada') })
  await socket.ask({ id: 1, join: { channel: 'polite' } })
  socket.say({ id: 1, send: 'rude' })
  socket.say({ id: 1, send: 'hello' })
  expect(await socket.next()).toMatchObject({ message: 'ada: hello' })
})

test('a mutation publishes once it has succeeded, and nothing when it fails', async () => {
  await using one = app()
  const socket = await connect(one)
  await socket.ask({ id: 1, join: { channel: 'news' } })
  expect((await call(one, 'announce_and_fail', { line: 'never' })).status).toBe(500)
  expect((await call(one, 'announce_nonsense')).status).toBe(500)
  await call(one, 'announce', { line: 'told' })
  expect(await socket.next()).toMatchObject({ id: 1, message: 'told' })
  expect(socket.frames).toEqual([])
})

test('code publishes from any process, and is held to the types', async () => {
  const bus = new MemoryBus()
  await using here = app({ live: { bus } })
  await using there = app({ live: { bus } })
  const socket = await connect(there)
  await socket.ask(join(1))
  await here.publish(talk, { roomId: 1 }, { text: 'hi', at: new Date(at) })
  const frame = await socket.next()
  expect(frame).toMatchObject({ message: { text: 'hi', at } })
  await expect(
    here.publish(talk, { roomId: 'x' as never }, { text: '', at: new Date() }),
  ).rejects.toThrow(TypeError)
  await expect(here.publish(talk, { roomId: 1 }, {} as never)).rejects.toThrow(/message/)
})

test('who comes back is given what it missed', async () => {
  await using one = app()
  const first = await connect(one)
  await first.ask(join(1))
  first.say({ id: 1, send: { text: 'a', at } })
  const { seq } = await first.next()
  first.leave()
  for (const word of ['b', 'c'])
    await one.publish(talk, { roomId: 1 }, { text: word, at: new Date(at) })
  const again = await connect(one)
  const { joined } = await again.ask(join(1, seq as number))
  expect(joined).toMatchObject({
    seq: (seq as number) + 2,
    missed: [{ message: { text: 'b' } }, { message: { text: 'c' } }],
  })
  expect(joined).not.toHaveProperty('gap')
})

test('who comes back too late is told that there is a gap', async () => {
  await using one = app()
  const socket = await connect(one)
  await socket.ask(join(1))
  socket.say({ id: 1, send: { text: 'seen', at } })
  const { seq } = await socket.next()
  for (const word of ['1', '2', '3', '4'])
    await one.publish(talk, { roomId: 1 }, { text: word, at: new Date(at) })
  const again = await connect(one)
  const { joined } = await again.ask(join(1, seq as number))
  expect(joined).toMatchObject({ gap: true, missed: [{}, {}, {}] })
  // A number of a log that was lost, or of nobody's.
  const odd = await (await connect(one)).ask(join(1, 5))
  expect(odd).toMatchObject({ joined: { gap: true } })
})

test('everybody sees who is there, comes and goes', async () => {
  const bus = new MemoryBus()
  await using here = app({ live: { bus } })
  await using there = app({ live: { bus } })
  const ada = await connect(here, { cookie: await cookieOf(here, 'ada') })
  expect(await ada.ask(join(1))).toMatchObject({ joined: { present: ['ada'] } })
  const bob = await connect(there, { cookie: await cookieOf(there, 'bob') })
  expect(await bob.ask(join(1))).toMatchObject({ joined: { present: ['ada', 'bob'] } })
  expect(await ada.next()).toEqual({ id: 1, present: ['ada', 'bob'] })
  bob.leave()
  expect(await ada.next()).toEqual({ id: 1, present: ['ada'] })
})

test('somebody whose process died is gone after a while', async () => {
  let now = 0
  const bus = new MemoryBus({ clock: () => now })
  await using one = app({ live: { bus, heartbeat: 10 } })
  await bus.enter(await topicOf(bus, one), { id: 'dead', info: '"ghost"', ttl: 5 })
  const socket = await connect(one)
  expect(await socket.ask(join(1))).toMatchObject({ joined: { present: ['ghost', 'somebody'] } })
  now = 5_001
  expect(await socket.next()).toEqual({ id: 1, present: ['somebody'] })
})

test('who leaves hears nothing more, and nothing of it stays', async () => {
  await using one = app()
  const socket = await connect(one)
  await socket.ask(join(1))
  socket.say({ id: 1, leave: true })
  await one.publish(talk, { roomId: 1 }, { text: 'x', at: new Date(at) })
  expect(socket.frames).toEqual([])
  expect((await one.inspect()).live).toEqual({ ...nothing, connections: 1 })
})

test('a bus that is out of reach refuses joins and messages, and the socket lives', async () => {
  const bus = new MemoryBus()
  let isOut = false
  const broken: LiveBus = Object.assign(Object.create(bus) as LiveBus, {
    tail: (...args: Parameters<LiveBus['tail']>) =>
      isOut ? Promise.reject(new Error('away')) : bus.tail(...args),
    append: (...args: Parameters<LiveBus['append']>) =>
      isOut ? Promise.reject(new Error('away')) : bus.append(...args),
    publish: bus.publish.bind(bus),
    follow: bus.follow.bind(bus),
    enter: bus.enter.bind(bus),
    leave: bus.leave.bind(bus),
    present: bus.present.bind(bus),
    close: bus.close.bind(bus),
  })
  await using one = app({ live: { bus: broken } })
  const socket = await connect(one)
  await socket.ask(join(1))
  isOut = true
  expect(await socket.ask({ id: 1, send: { text: 'x', at } })).toMatchObject({
    send: true,
    error: { code: 'UNAVAILABLE' },
  })
  const other = await connect(one)
  expect(await other.ask(join(2))).toMatchObject({ id: 2, error: { code: 'UNAVAILABLE' } })
  isOut = false
  const frames = [await other.ask(join(2)), ...other.frames]
  expect(frames.some((frame) => 'joined' in frame)).toBe(true)
})

test('channels and artifact that differ stop the boot', () => {
  const { artifact, ...rest } = functions()
  const { channels: _, ...without } = artifact
  expect(() => createApp({ functions: { ...rest, artifact: without } })).toThrow(
    /channel talk: in the code, but not in the artifact/,
  )
  expect(() => createApp({ functions: { ...rest, artifact, channels: new Map() } })).toThrow(
    /channel talk \(test\): in the artifact, but not in the code/,
  )
})

test('a channel says who may join', () => {
  expect(() => defineChannel('Talk', { join: 'anyone' })).toThrow(/snake_case/)
  expect(() => defineChannel('talk', {} as never)).toThrow(/who may join/)
  expect(() => defineChannel('talk', { join: true, history: -1 })).toThrow(/history/)
})

test('publishing outside a function, or in a read, is refused', () => {
  expect(() => news.publish({}, 'x')).toThrow(/outside a request/)
})

/** Where the members of room 1 are kept. */
async function topicOf(bus: MemoryBus, one: App): Promise<string> {
  const topics: string[] = []
  const follow = bus.follow.bind(bus)
  bus.follow = (topic, follower) => {
    topics.push(topic)
    return follow(topic, follower)
  }
  const socket = await connect(one)
  await socket.ask(join(1))
  socket.leave()
  bus.follow = follow
  return topics.find((topic) => topic.startsWith('channel:')) ?? ''
}
