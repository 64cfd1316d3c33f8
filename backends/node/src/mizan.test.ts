import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { ProtocolRequest, ProtocolResponse } from '@mizan/protocol'
import { createFixtureApp } from '@mizan/testing/fixture'
import { nodeServer } from '@mizan/testing/resources'
import { expect, test } from 'vitest'
import { mizan } from './mizan.ts'

/** An app that owns everything and answers what the test says. */
function answering(answer: (request: ProtocolRequest) => Promise<ProtocolResponse>): {
  owns: () => boolean
  answer: typeof answer
} {
  return { owns: () => true, answer }
}

function text(body: string): ProtocolResponse {
  return { status: 200, headers: [['content-type', 'text/plain']], body }
}

test('a server keeps its own routes and hands the rest on', async () => {
  await using app = createFixtureApp()
  const listener = mizan(app)
  await using server = await nodeServer((req, res) =>
    listener(req, res, () => res.end(`own ${req.url}`)),
  )
  const own = await fetch(`${server.url}/about?x=1`)
  expect(await own.text()).toBe('own /about?x=1')
  const nearby = await fetch(`${server.url}/api/mizania/`)
  expect(await nearby.text()).toBe('own /api/mizania/')
  const context = await fetch(`${server.url}/api/mizan/ctx/catalog/`)
  expect(await context.text()).toBe('{"catalog_size":999}')
})

test('without anybody to hand on to, what the app does not own is a 404 of the protocol', async () => {
  await using app = createFixtureApp()
  await using server = await nodeServer(mizan(app))
  const answer = await fetch(`${server.url}/about`)
  expect(answer.status).toBe(404)
  expect(await answer.json()).toMatchObject({ error: { code: 'NOT_FOUND' } })
})

test('path and query arrive as they were sent', async () => {
  const seen: string[] = []
  await using server = await nodeServer(
    mizan(
      answering(async ({ path, query }) => {
        seen.push(`${path}|${query}`)
        return text('')
      }),
    ),
  )
  const targets = ['/a%2Fb//c?x=%20+&y', '/plain', 'http://other.test/absolute?q=1', '/two?a?b']
  for (const target of targets) await sendTarget(server.url, target)
  expect(seen).toEqual(['/a%2Fb//c|x=%20+&y', '/plain|', '/absolute|q=1', '/two|a?b'])
})

test('a body that a parser has read arrives parsed', async () => {
  const seen: unknown[] = []
  const listener = mizan(
    answering(async ({ body, parsed }) => {
      seen.push(parsed ?? (body === null ? null : await read(body)))
      return text('')
    }),
  )
  await using server = await nodeServer(async (req, res) => {
    const mode = req.url?.slice(1)
    // What Express 4 leaves behind when it has parsed nothing.
    if (mode === 'untouched') Object.assign(req, { body: {} })
    if (mode === 'json') Object.assign(req, { body: JSON.parse(await read(req)) as unknown })
    if (mode === 'raw') Object.assign(req, { body: Buffer.from(await read(req)) })
    listener(req, res)
  })
  for (const mode of ['untouched', 'json', 'raw']) {
    await fetch(`${server.url}/${mode}`, { method: 'POST', body: '{"a":1}' })
  }
  await fetch(`${server.url}/untouched`, { method: 'POST' })
  await fetch(`${server.url}/untouched`)
  expect(seen).toEqual(['{"a":1}', { a: 1 }, '{"a":1}', null, null])
})

test('a body that was read and not kept is an error that says so', async () => {
  let failure: unknown
  const listener = mizan(
    answering(async ({ body }) => {
      failure = await read(body ?? []).catch((error: unknown) => error)
      return text('')
    }),
  )
  await using server = await nodeServer(async (req, res) => {
    await read(req)
    listener(req, res)
  })
  await fetch(server.url, { method: 'POST', body: 'gone' })
  expect(failure).toBeInstanceOf(TypeError)
  expect(String(failure)).toMatch(/read before Mizan saw it.*mount Mizan before it/)
})

test('the signal aborts when the client leaves before the answer, and not after it', async () => {
  const started = deferred<AbortSignal>()
  await using server = await nodeServer(
    mizan(
      answering(async ({ signal, path }) => {
        started.resolve(signal)
        if (path === '/slow') await once(signal, 'abort')
        return text('done')
      }),
    ),
  )
  const client = new AbortController()
  const left = fetch(`${server.url}/slow`, { signal: client.signal })
  const signal = await started.promise
  expect(signal.aborted).toBe(false)
  client.abort()
  await expect(left).rejects.toThrow('aborted')
  await expect.poll(() => signal.aborted).toBe(true)

  const signals: AbortSignal[] = []
  const listener = mizan(
    answering(async (request) => {
      signals.push(request.signal)
      return text('done')
    }),
  )
  const closed = deferred<void>()
  await using quick = await nodeServer((req, res) => {
    res.once('close', () => closed.resolve())
    listener(req, res)
  })
  await (await fetch(quick.url)).text()
  await closed.promise
  expect(signals.map(({ aborted }) => aborted)).toEqual([false])
})

test('a stream is not read faster than the client reads', async () => {
  let produced = 0
  const chunk = Buffer.alloc(256 * 1024)
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      produced += 1
      yield chunk
    }
  }
  await using server = await nodeServer(
    mizan(answering(async () => ({ status: 200, headers: [], body: endless() }))),
  )
  const { hostname, port } = new URL(server.url)
  const socket = connect(Number(port), hostname).pause()
  await once(socket, 'connect')
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  // The buffers of both sides fill up, then nothing more is asked for.
  let before = -1
  await expect
    .poll(
      () => {
        const same = produced === before && produced > 0
        before = produced
        return same
      },
      { interval: 100 },
    )
    .toBe(true)
  expect(produced).toBeLessThan(200)
  socket.resume()
  await expect.poll(() => produced).toBeGreaterThan(before + 10)
  socket.destroy()
})

test('a stream is closed when the client leaves', async () => {
  const closed = deferred<void>()
  async function* ticking(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    try {
      yield Buffer.from('first')
      await once(signal, 'abort')
    } finally {
      closed.resolve()
    }
  }
  await using server = await nodeServer(
    mizan(answering(async ({ signal }) => ({ status: 200, headers: [], body: ticking(signal) }))),
  )
  const reader = (await fetch(server.url)).body!.getReader()
  expect(Buffer.from((await reader.read()).value!).toString()).toBe('first')
  await reader.cancel()
  await expect(closed.promise).resolves.toBeUndefined()
})

test('a stream that fails after its headers have left ends the connection', async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('half an')
    throw new Error('the rest is gone')
  }
  await using server = await nodeServer(
    mizan(answering(async () => ({ status: 200, headers: [], body: failing() }))),
  )
  const answer = await fetch(server.url)
  await expect(answer.text()).rejects.toThrow('terminated')
})

test('headers that were set before stay, and cookies add up', async () => {
  const listener = mizan(
    answering(async () => ({
      status: 200,
      headers: [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['link', '<x>'],
        ['link', '<y>'],
      ],
      body: null,
    })),
  )
  await using server = await nodeServer((req, res) => {
    res.setHeader('set-cookie', 'own=0')
    res.setHeader('x-frame-options', 'DENY')
    listener(req, res)
  })
  const { headers } = await fetch(server.url)
  expect(headers.getSetCookie()).toEqual(['own=0', 'a=1', 'b=2'])
  expect(headers.get('link')).toBe('<x>, <y>')
  expect(headers.get('x-frame-options')).toBe('DENY')
})

async function read(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array> | IncomingMessage) {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk as Uint8Array) // cast: no encoding is set, so chunks are bytes
  return Buffer.concat(chunks).toString('utf8')
}

/** `fetch` would normalise the target. */
async function sendTarget(url: string, target: string): Promise<void> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname).resume()
  socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
  await once(socket, 'close')
}

/** Promise.withResolvers, which Node 20 does not have. */
function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((settle) => (resolve = settle))
  return { promise, resolve }
}
