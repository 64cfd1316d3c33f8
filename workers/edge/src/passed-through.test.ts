import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { createHarness, type Harness, publicHeaders } from '../test/harness.ts'
import { manifest } from '../test/manifest.ts'
import { newProject, outcomeOf, requestsTo, tagsOf } from '../test/projects.ts'

let harness: Harness

beforeAll(async () => {
  harness = await createHarness()
})
afterAll(() => harness[Symbol.asyncDispose]())

const { get, readProject } = requestsTo(() => harness)

test('a WebSocket goes through to the origin, both ways', async () => {
  const server = new WebSocketServer({ noServer: true })
  harness.originServer.once('upgrade', (request, socket, head) => {
    server.handleUpgrade(request, socket, head, (peer) => {
      peer.on('message', (data) => peer.send(`${request.url} ${String(data)}`))
    })
  })
  const socket = new WebSocket(`${harness.url.replace('http', 'ws')}/api/mizan/live/`)
  await once(socket, 'open')
  const answered = once(socket, 'message')
  socket.send('hello')
  const [{ data }] = (await answered) as [MessageEvent]
  expect(data).toBe('/api/mizan/live/ hello')
  const closed = once(socket, 'close')
  socket.close()
  await closed
  server.close()
})

describe('headers', () => {
  test('a client cannot pose as the edge or the origin', async () => {
    const id = newProject()
    harness.answer(
      (_, response) => void response.writeHead(200, publicHeaders(tagsOf(id))).end('{}'),
    )
    const smuggled = {
      'x-mizan-cache': 'public; ttl=60; tags=project; artifact=0123456789abcdef',
      'x-mizan-invalidate': 'project',
      'x-mizan-edge': 'hit',
      'x-mizan-anything': '1',
      x_mizan_cache: 'public',
      'x-forwarded-for': '10.0.0.1',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-port': '81',
      'x-forwarded-prefix': '/evil',
      x_forwarded_server: 'evil.example',
      'x-original-url': '/api/mizan/ctx/user/?user_id=5',
      'x-rewrite-url': '/api/mizan/ctx/user/?user_id=5',
      forwarded: 'for=10.0.0.1',
    }
    const wanted = {
      'x-mizan-mounted': 'news',
      'x-mizan-artifact': manifest.artifact,
      'x-mizan-call': 'a1',
    }
    await outcomeOf(readProject(id, { ...smuggled, ...wanted }))
    await outcomeOf(get('/api/mizan/session/', { ...smuggled, ...wanted }))
    expect(harness.seen).toHaveLength(2)
    for (const { headers } of harness.seen) {
      expect(headers).toMatchObject(wanted)
      expect(headers['x-forwarded-host']).toBe(new URL(harness.url).host)
      for (const name of Object.keys(smuggled).filter((name) => name !== 'x-forwarded-host')) {
        expect(headers[name]).not.toBe(smuggled[name as keyof typeof smuggled])
      }
    }
    // What a client claims to have been invalidated was not.
    expect(await outcomeOf(readProject(id))).toBe('hit')
  })

  test('a client of another artifact is passed through', async () => {
    const id = newProject()
    harness.answer(
      (_, response) => void response.writeHead(200, publicHeaders(tagsOf(id))).end('{}'),
    )
    await outcomeOf(readProject(id))
    expect(await outcomeOf(readProject(id, { 'x-mizan-artifact': 'ffff' }))).toBe('pass')
    expect(await outcomeOf(readProject(id, { 'x-mizan-artifact': manifest.artifact }))).toBe('hit')
  })

  test('what is not Mizan keeps its own caching, redirects and cookies', async () => {
    harness.answer((_, response) => {
      const headers = {
        'cache-control': 'public, max-age=9',
        location: '/next',
        'set-cookie': ['a=1', 'b=2'],
        'x-mizan-cache': 'private; ttl=1; tags=a; artifact=0',
      }
      response.writeHead(302, headers).end()
    })
    const response = await get('/assets/app.js')
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toBe('/next')
    expect(response.headers.get('cache-control')).toBe('public, max-age=9')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(response.headers.has('x-mizan-cache')).toBe(false)
  })

  test('a body goes to the origin as it is', async () => {
    const bytes = crypto.getRandomValues(new Uint8Array(60_000))
    const received: Buffer[] = []
    harness.answer(async (request, response) => {
      for await (const chunk of request) received.push(chunk as Buffer)
      response.end('{}')
    })
    await fetch(`${harness.url}/api/mizan/call/`, { method: 'POST', body: bytes })
    expect(Buffer.concat(received).equals(bytes)).toBe(true)
  })
})
