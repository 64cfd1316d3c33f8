import { once } from 'node:events'
import { getRequestListener } from '@hono/node-server'
import { createFixtureApp } from '@mizan/testing/fixture'
import { nodeServer } from '@mizan/testing/resources'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { mizan } from './mizan.ts'

const call = JSON.stringify({ fn: 'add', args: { left: 2, right: 3 } })
const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: call }

test('a server that has routes of its own keeps them', async () => {
  await using app = createFixtureApp()
  const hono = new Hono()
  hono.get('/before', (context) => context.text('before'))
  hono.use(mizan(app))
  hono.post('/after', async (context) => context.json({ got: await context.req.json() }))

  expect(await (await hono.request('/before')).text()).toBe('before')
  const own = await hono.request('/after', { ...post, body: '{"a":1}' })
  expect(await own.json()).toEqual({ got: { a: 1 } })
  expect((await hono.request('/api/mizania/')).status).toBe(404)
  expect(await (await hono.request('/api/mizan/call/', post)).json()).toEqual({ result: 5 })
  expect(await (await hono.request('/fixture/items/5/')).text()).toContain('Item 5')
})

test('calls work when middleware has read the body through the context', async () => {
  await using app = createFixtureApp()
  for (const reader of ['json', 'text', 'arrayBuffer'] as const) {
    const hono = new Hono()
    hono.use(async (context, next) => {
      await context.req[reader]()
      await next()
    })
    hono.use(mizan(app))
    expect(await (await hono.request('/api/mizan/call/', post)).json()).toEqual({ result: 5 })
  }
})

test('a body that was read past the context is an error that says so in the log', async () => {
  const logged: unknown[] = []
  await using app = createFixtureApp({
    logger: { info: () => {}, warn: () => {}, error: ({ error }) => void logged.push(error) },
  })
  const hono = new Hono()
  hono.use(async (context, next) => {
    await context.req.raw.text()
    await next()
  })
  hono.use(mizan(app))
  expect((await hono.request('/api/mizan/call/', post)).status).toBe(500)
  expect(String(logged[0])).toMatch(/read before Mizan saw it/)
})

test('headers of other middleware stay, and cookies add up', async () => {
  await using app = createFixtureApp()
  const hono = new Hono()
  hono.use(async (context, next) => {
    context.header('x-frame-options', 'DENY')
    context.header('set-cookie', 'own=1')
    await next()
    context.header('x-late', 'yes')
  })
  hono.use(mizan(app))
  const signIn = JSON.stringify({ fn: 'sign_in', args: { user: 'ada' } })
  const { headers } = await hono.request('/api/mizan/call/', { ...post, body: signIn })
  expect(headers.get('x-frame-options')).toBe('DENY')
  expect(headers.get('x-late')).toBe('yes')
  expect(headers.getSetCookie()).toHaveLength(2)
})

test('path and query arrive as they were sent, the address from the socket or as the option says', async () => {
  const seen: string[] = []
  const app = {
    owns: () => true,
    answer: async ({ path, query, address }: { path: string; query: string; address?: string }) => {
      seen.push(`${address} ${path}|${query}`)
      return { status: 200, headers: [], body: null }
    },
  }
  await using server = await nodeServer(getRequestListener(new Hono().use(mizan(app)).fetch))
  await fetch(`${server.url}/a%2Fb?x=%20+&y`)
  await new Hono().use(mizan(app)).request('/plain')
  await new Hono()
    .use(mizan(app, { address: (context) => context.req.header('cf-connecting-ip') }))
    .request('/edge', { headers: { 'cf-connecting-ip': '203.0.113.5' } })
  expect(seen).toEqual(['127.0.0.1 /a%2Fb|x=%20+&y', 'undefined /plain|', '203.0.113.5 /edge|'])
})

test('the signal aborts when the client leaves before the answer', async () => {
  const started = deferred<AbortSignal>()
  const hono = new Hono().use(
    mizan({
      owns: () => true,
      answer: async ({ signal }) => {
        started.resolve(signal)
        await once(signal, 'abort')
        return { status: 200, headers: [], body: null }
      },
    }),
  )
  await using server = await nodeServer(getRequestListener(hono.fetch))
  const client = new AbortController()
  const left = fetch(server.url, { signal: client.signal })
  const signal = await started.promise
  client.abort()
  await expect(left).rejects.toThrow('aborted')
  await expect.poll(() => signal.aborted).toBe(true)
})

test('a stream is read when the client wants more, and closed when it leaves', async () => {
  const closed = deferred<void>()
  let produced = 0
  async function* counting(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield new TextEncoder().encode(String((produced += 1)))
    } finally {
      closed.resolve()
    }
  }
  const hono = new Hono().use(
    mizan({
      owns: () => true,
      answer: async () => ({ status: 200, headers: [], body: counting() }),
    }),
  )
  const reader = (await hono.request('/')).body!.getReader()
  expect(new TextDecoder().decode((await reader.read()).value)).toBe('1')
  expect(produced).toBeLessThan(4)
  await reader.cancel()
  await expect(closed.promise).resolves.toBeUndefined()
})

/** Promise.withResolvers, which Node 20 does not have. */
function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((settle) => (resolve = settle))
  return { promise, resolve }
}
