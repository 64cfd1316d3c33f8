import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import { redis, redisServer } from '@mizan/testing/resources'
import { expect, test } from 'vitest'
import { RedisBus } from '../redis.ts'
import { liveApp, liveFunctions, nothing } from '../../test/live-app.ts'
import { call } from '../../test/send.ts'
import { connect } from '../../test/socket.ts'

test('another process tells the clients of this one, and the other way round', async () => {
  await using server = await redis()
  const prefix = `${server.prefix}two:`
  const names = new Map<number, string>()
  await using app = liveApp({
    functions: liveFunctions(names),
    live: { bus: new RedisBus({ redis: server.url, prefix }) },
  })
  await app.start()
  const socket = await connect(app)
  await socket.ask({ id: 1, subscribe: { context: 'item', params: { item_id: 5 } } })
  const script = fileURLToPath(new URL('../../test/live-process.ts', import.meta.url))
  const other = spawn(
    process.execPath,
    ['--conditions=@mizan/source', '--import', 'tsx', script, server.url, prefix],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  try {
    const lines = linesOf(other.stdout)
    // It has subscribed to item 6, and renamed item 5.
    expect(await lines()).toMatchObject({ id: 1, data: { item: 'Item 6' } })
    expect(await socket.next()).toMatchObject({ invalidate: [{ params: { item_id: '5' } }] })
    await call(app, 'rename', { item_id: 6, name: 'Ink' })
    expect(await lines()).toMatchObject({ invalidate: [{ params: { item_id: '6' } }] })
  } finally {
    other.kill('SIGKILL')
    await once(other, 'exit')
  }
})

test('a Redis that is killed: clients are told to resync once it is back, and pushes go on', async () => {
  await using place = await redisServer()
  const options = (): { live: { bus: RedisBus } } => ({
    live: { bus: new RedisBus({ redis: place.url, retry: 20 }) },
  })
  await using here = liveApp(options())
  await using there = liveApp(options())
  await Promise.all([here.start(), there.start()])
  const socket = await connect(there)
  await socket.ask({ id: 1, subscribe: { context: 'item', params: { item_id: 5 } } })
  await place.kill()
  // Nobody there hears of this one.
  expect((await call(here, 'rename', { item_id: 5, name: 'x' })).status).toBe(200)
  await place.start()
  expect(await socket.next()).toEqual({ resync: true })
  await expect
    .poll(
      async () => {
        await call(here, 'rename', { item_id: 5, name: 'y' })
        return socket.frames.some((frame) => 'invalidate' in frame)
      },
      { timeout: 60_000 },
    )
    .toBe(true)
})

test('without Redis the clients of this process are told all the same', async () => {
  await using app = liveApp({ live: { bus: new RedisBus({ redis: 'redis://127.0.0.1:1' }) } })
  const socket = await connect(app)
  await socket.ask({ id: 1, subscribe: { context: 'item', params: { item_id: 5 } } })
  await call(app, 'rename', { item_id: 5, name: 'x' })
  expect(await socket.next()).toHaveProperty('invalidate')
  socket.leave()
  expect((await app.inspect()).live).toEqual(nothing)
})

test('numbers go up by one, messages are kept, and a lost log begins far ahead', async () => {
  await using server = await redis()
  const bus = new RedisBus({ redis: server.url, prefix: server.prefix })
  const keep = { count: 2, ttl: 60 }
  const heard: string[] = []
  const leave = await bus.follow('t:1', { onMessage: (text) => heard.push(text), onLost() {} })
  const first = await bus.append('t:1', '"a"', keep)
  for (const text of ['"b"', '"c"']) await bus.append('t:1', text, keep)
  expect(await bus.tail('t:1', first)).toEqual({
    seq: first + 2,
    messages: [
      { seq: first + 1, text: '"b"' },
      { seq: first + 2, text: '"c"' },
    ],
  })
  await expect.poll(() => heard.length).toBe(3)
  expect(heard[0]).toBe(`${first} "a"`)
  leave()
  const client = new Redis(server.url)
  await client.flushall()
  expect(await bus.append('t:1', '"d"', keep)).toBeGreaterThan(first + 1_000)
  expect(Number.isSafeInteger(await bus.append('t:1', '"e"', keep))).toBe(true)
  await client.quit()
  await bus.close()
})

test('presence ends with its time, and texts are taken once', async () => {
  await using server = await redis()
  const bus = new RedisBus({ redis: server.url, prefix: server.prefix })
  await bus.enter('t:1', { id: 'a', info: '"ada and bob"', ttl: 60 })
  await bus.enter('t:1', { id: 'b', info: '{"x":1}', ttl: 0 })
  expect(await bus.present('t:1')).toEqual(['"ada and bob"'])
  await bus.leave('t:1', 'a')
  expect(await bus.present('t:1')).toEqual([])
  await bus.put('ticket:1', 'text', 60)
  const taken = await Promise.all([bus.take('ticket:1'), bus.take('ticket:1')])
  expect(taken.toSorted()).toEqual(['text', undefined])
  await bus.close()
})

function linesOf(stream: NodeJS.ReadableStream): () => Promise<unknown> {
  const lines: string[] = []
  let rest = ''
  let wake = (): void => undefined
  stream.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString('utf8')).split('\n')
    rest = parts.pop() ?? ''
    lines.push(...parts)
    wake()
  })
  return async () => {
    for (;;) {
      const line = lines.shift()
      if (line !== undefined) return JSON.parse(line) as unknown
      await new Promise<void>((resolve) => (wake = resolve))
    }
  }
}
