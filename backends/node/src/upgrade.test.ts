import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect as connectTcp } from 'node:net'
import { createFixtureApp } from '@mizan/testing/fixture'
import { nodeServer } from '@mizan/testing/resources'
import { client, collect, createApp, defineContext, getSignal } from '@mizan/server'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { mizan } from './mizan.ts'
import { upgrade, type UpgradeOptions } from './upgrade.ts'

const silent = { info: () => {}, warn: () => {}, error: () => {} }
const CountContext = defineContext('count')

function countingApp(signals: AbortSignal[] = []) {
  let count = 0
  return createApp({
    logger: silent,
    functions: collect(
      client({ context: CountContext }, function counted(): number {
        return count
      }),
      client({ websocket: true, affects: CountContext }, function increment(): number {
        return ++count
      }),
      client({ websocket: true }, function echo(text: string): string {
        return text
      }),
      client({ websocket: true }, async function wait(): Promise<void> {
        signals.push(getSignal())
        await new Promise<void>((resolve) => getSignal().addEventListener('abort', () => resolve()))
      }),
    ),
  })
}

async function served(app: ReturnType<typeof countingApp>, options: UpgradeOptions = {}) {
  const server = await nodeServer(mizan(app))
  upgrade(server.server, app, options)
  return {
    ...server,
    live: `${server.url.replace('http', 'ws')}/api/mizan/live/`,
    async [Symbol.asyncDispose]() {
      await app.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

async function open(url: string, headers: Record<string, string> = {}): Promise<WebSocket> {
  const socket = new WebSocket(url, { headers })
  await once(socket, 'open')
  return socket
}

async function ask(socket: WebSocket, frame: unknown): Promise<unknown> {
  const answer = once(socket, 'message')
  socket.send(JSON.stringify(frame))
  const [data] = await answer
  return JSON.parse(String(data))
}

test('a socket is upgraded, answered and told of what another client changed over HTTP', async () => {
  await using server = await served(countingApp())
  const socket = await open(server.live)
  expect(await ask(socket, { id: 1, subscribe: { context: 'count' } })).toMatchObject({
    id: 1,
    data: { counted: 0 },
  })
  const pushed = once(socket, 'message')
  await fetch(`${server.url}/api/mizan/call/increment/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  const [data] = await pushed
  expect(JSON.parse(String(data))).toEqual({ invalidate: ['count'], changed: [] })
  socket.terminate()
})

test('a page of another origin gets no socket, but an answer', async () => {
  await using server = await served(countingApp())
  const socket = new WebSocket(server.live, { origin: 'https://evil.example' })
  socket.on('error', () => {})
  const [, response] = await once(socket, 'unexpected-response')
  expect(response.statusCode).toBe(403)
  response.resume()
})

test('an upgrade of a path that is nobody’s is 404, and left to another listener where there is one', async () => {
  await using server = await served(countingApp())
  const other = server.live.replace('/live/', '/other/')
  const refused = new WebSocket(other)
  refused.on('error', () => {})
  const [, response] = await once(refused, 'unexpected-response')
  expect(response.statusCode).toBe(404)
  response.resume()
  server.server.on('upgrade', (req, socket) => {
    if (req.url === '/api/mizan/other/') socket.end('HTTP/1.1 418 Teapot\r\n\r\n')
  })
  const taken = new WebSocket(other)
  taken.on('error', () => {})
  const [, theirs] = await once(taken, 'unexpected-response')
  expect(theirs.statusCode).toBe(418)
  theirs.resume()
})

test('GET live/ without an upgrade, and a server that takes no sockets, say so', async () => {
  await using app = countingApp()
  await using server = await nodeServer(mizan(app))
  expect((await fetch(`${server.url}/api/mizan/live/`)).status).toBe(400)
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/mizan/live/`)
  socket.on('error', () => {})
  const [, response] = await once(socket, 'unexpected-response')
  expect(response.statusCode).toBe(501)
  response.resume()
})

test('a client that leaves in the middle of a call aborts it', async () => {
  const signals: AbortSignal[] = []
  await using server = await served(countingApp(signals))
  const socket = await open(server.live)
  socket.send('{"id":1,"call":{"fn":"wait"}}')
  await expect.poll(() => signals.length).toBe(1)
  socket.terminate()
  await expect.poll(() => signals[0]?.aborted).toBe(true)
})

test('binary frames and frames over the limit close', async () => {
  await using server = await served(countingApp(), { maxPayload: 1_000 })
  const binary = await open(server.live)
  binary.send(new Uint8Array(3))
  expect((await once(binary, 'close'))[0]).toBe(1003)
  const large = await open(server.live)
  large.send('x'.repeat(2_000))
  expect((await once(large, 'close'))[0]).toBe(1009)
})

test('a peer that answers no ping is cut off', async () => {
  const app = countingApp()
  await using server = await served(app, { heartbeat: 20 })
  const socket = new WebSocket(server.live, { autoPong: false })
  await once(socket, 'open')
  await once(socket, 'close')
  await expect.poll(async () => (await app.inspect()).live.connections).toBe(0)
})

test('a client that does not read is cut off and costs no memory', async () => {
  const app = countingApp()
  await using server = await served(app)
  const { port } = new URL(server.url)
  const raw = connectTcp(Number(port), '127.0.0.1')
  raw.on('error', () => {})
  raw.write(
    [
      'GET /api/mizan/live/ HTTP/1.1',
      `host: 127.0.0.1:${port}`,
      'upgrade: websocket',
      'connection: Upgrade',
      'sec-websocket-version: 13',
      'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
      '\r\n',
    ].join('\r\n'),
  )
  await once(raw, 'data')
  raw.pause()
  const frame = maskedFrame(
    JSON.stringify({ id: 1, call: { fn: 'echo', args: { text: 'x'.repeat(200_000) } } }),
  )
  for (let sent = 0; sent < 150; sent++) raw.write(frame)
  await expect.poll(async () => (await app.inspect()).live.connections).toBe(0)
  raw.destroy()
})

test('closing the app sends everybody away with 1001', async () => {
  const app = countingApp()
  await using server = await served(app)
  const sockets = await Promise.all(Array.from({ length: 20 }, () => open(server.live)))
  const closed = Promise.all(sockets.map((socket) => once(socket, 'close')))
  await app.close()
  expect((await closed).every(([code]) => code === 1001)).toBe(true)
  expect((await app.inspect()).live.connections).toBe(0)
})

test('1,000 sockets of one server are told of one mutation each once', async () => {
  const app = countingApp()
  await using server = await served(app)
  const sockets: WebSocket[] = []
  for (let round = 0; round < 10; round++)
    sockets.push(...(await Promise.all(Array.from({ length: 100 }, () => open(server.live)))))
  await Promise.all(
    sockets.map((socket) => ask(socket, { id: 1, subscribe: { context: 'count' } })),
  )
  const pushed = sockets.map((socket) => once(socket, 'message'))
  await fetch(`${server.url}/api/mizan/call/increment/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  expect(new Set((await Promise.all(pushed)).map(([data]) => String(data))).size).toBe(1)
  for (const socket of sockets) socket.terminate()
  await expect.poll(async () => (await app.inspect()).live.connections).toBe(0)
})

test('server-sent events bring the same, by a ticket that works once', async () => {
  await using server = await served(countingApp())
  const events = `${server.url}/api/mizan/events/`
  const issued = await fetch(events, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ id: 1, subscribe: { context: 'count' } }]),
  })
  // cast: the answer of this endpoint
  const { ticket } = (await issued.json()) as { readonly ticket: string }
  const stop = new AbortController()
  const stream = await fetch(`${events}?ticket=${ticket}`, { signal: stop.signal })
  expect(stream.headers.get('content-type')).toBe('text/event-stream')
  const read = reader(stream)
  const id = /^id: ([\w-]{43})$/m.exec(await read('id: '))?.[1] ?? ''
  expect(await read('"data"')).toContain('"counted":0')
  await fetch(`${server.url}/api/mizan/call/increment/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  expect(await read('"invalidate"')).toContain('"count"')
  expect((await fetch(`${events}?ticket=${ticket}`)).status).toBe(401)
  stop.abort()
  // What an EventSource sends when it comes back by itself.
  const again = new AbortController()
  const back = await fetch(`${events}?ticket=${ticket}`, {
    headers: { 'last-event-id': id },
    signal: again.signal,
  })
  expect(await reader(back)('"resync"')).toContain('{"resync":true}')
  again.abort()
})

test('closing the app ends streams of events', async () => {
  const app = createFixtureApp()
  await using server = await nodeServer(mizan(app))
  const events = `${server.url}/api/mizan/events/`
  const issued = await fetch(events, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '[]',
  })
  // cast: the answer of this endpoint
  const { ticket } = (await issued.json()) as { readonly ticket: string }
  const stream = await fetch(`${events}?ticket=${ticket}`)
  await app.close()
  expect(await stream.text()).toContain('event: close\ndata: {"code":1001')
})

test('a server that was there before is left alone', async () => {
  const server = createServer((_, response) => void response.end('page'))
  await using app = countingApp()
  const detach = upgrade(server, app)
  detach()
  expect(server.listenerCount('upgrade')).toBe(0)
})

/** Gives everything that came so far, once it holds what is waited for. */
function reader(response: Response): (until: string) => Promise<string> {
  const chunks = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return async (until) => {
    while (!text.includes(until)) {
      const next = await chunks?.read()
      if (next === undefined || next.done) throw new Error(`the stream ended: ${text}`)
      text += next.value
    }
    return text
  }
}

/** A text frame as a browser masks it, with a mask of zeros. */
function maskedFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  const head = Buffer.alloc(14)
  head[0] = 0x81
  head[1] = 0xff
  head.writeBigUInt64BE(BigInt(payload.length), 2)
  return Buffer.concat([head, payload])
}
