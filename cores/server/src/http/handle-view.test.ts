import { expect, test } from 'vitest'
import { send, silentLogger } from '../../test/send.ts'
import {
  type App,
  client,
  collect,
  createApp,
  defineContext,
  type Fn,
  getResponse,
} from '../index.ts'

const Pages = defineContext('pages')

function app(make: () => Response, logger = silentLogger()): App {
  const reader: Fn = client({ context: Pages }, function reader(): void {})
  const page = client(
    { route: '/page/', methods: ['GET', 'POST'], affects: Pages },
    function page(): Response {
      return make()
    },
  )
  return createApp({ functions: collect(reader, page), logger })
}

test('a body that fails half way is told to its reader and to the log', async () => {
  const logger = silentLogger()
  await using mizan = app(() => new Response(failing()), logger)
  await expect(send(mizan, '/page/')).rejects.toThrow('the rest is gone')
  expect(logger.lines).toEqual(['the body of a view failed half way'])
})

test('a body that nobody wants is closed', async () => {
  let reason: unknown
  const body = new ReadableStream({ cancel: () => void (reason = 'closed') })
  await using mizan = app(() => new Response(body))
  const { signal } = new AbortController()
  const request = { method: 'HEAD', path: '/page/', query: '', headers: {}, body: null, signal }
  const answer = await mizan.handle(request)
  // What a backend does for HEAD.
  await (answer.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]().return?.()
  expect(reason).toBe('closed')
})

test('a Response says nothing of its length or its connection', async () => {
  const headers = { 'content-length': '1', connection: 'x', 'x-kept': 'y' }
  await using mizan = app(() => new Response('longer', { headers }))
  const answer = await send(mizan, '/page/')
  expect([answer.text, answer.headers.get('x-kept')]).toEqual(['longer', 'y'])
  expect(answer.headers.has('content-length') || answer.headers.has('connection')).toBe(false)
})

test('a Response that cannot be sent is an error, which names what was invalidated', async () => {
  const once = new Response('only once')
  await once.text()
  for (const response of [once, Response.error()]) {
    await using mizan = app(() => response)
    expect((await send(mizan, '/page/')).status).toBe(500)
    const answer = await send(mizan, '/page/', { method: 'POST' })
    expect([answer.status, answer.headers.get('x-mizan-invalidate')]).toEqual([500, 'pages'])
  }
})

test.each(['connection', 'transfer-encoding', 'content-encoding', 'X-Mizan-Cache', 'Set-Cookie'])(
  'setHeader leaves %s to Mizan',
  async (name) => {
    await using mizan = app(() => {
      getResponse().setHeader(name, 'x')
      return new Response()
    })
    expect((await send(mizan, '/page/')).status).toBe(500)
  },
)

test('a route decodes its segments once, and what is no UTF-8 is no segment', async () => {
  const shown = client({ route: '/shown/:name/' }, function shown(name: string): Response {
    return new Response(JSON.stringify(name))
  })
  await using mizan = createApp({ functions: collect(shown), logger: silentLogger() })
  const at = async (path: string): Promise<unknown> => {
    const { status, text } = await send(mizan, path, { method: 'POST' })
    return status === 200 ? JSON.parse(text) : status
  }
  // `collect` knows no types: a param is JSON.
  expect(await at('/shown/%22%252e%2e%2F%0d%0a%22/')).toBe(400)
  expect(await at('/shown/%22%252e%2e%2F%22/')).toBe('%2e./')
  for (const path of ['/shown/%ED%A0%80/', '/shown/%/', '/shown//', '//shown/1/', '/SHOWN/1/'])
    expect(await at(path), path).toBe(404)
})

function failing(): ReadableStream<Uint8Array> {
  let pulled = 0
  return new ReadableStream({
    pull(controller) {
      pulled += 1
      if (pulled === 1) controller.enqueue(new TextEncoder().encode('half'))
      else controller.error(new Error('the rest is gone'))
    },
  })
}
