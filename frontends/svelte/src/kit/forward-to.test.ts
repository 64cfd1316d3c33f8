import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'

import { nodeServer } from '@mizan/testing/resources'
import { expect, it } from 'vitest'

import { forwardTo } from './forward-to.ts'

const visit = new Request('https://board.example/tasks/5', {
  headers: {
    cookie: 'session=ada',
    'accept-language': 'es',
    authorization: 'Bearer own',
    'x-own': 'stays',
  },
})
const event = { url: new URL(visit.url), request: visit }

it('what is for Mizan goes where it runs, on behalf of the visitor', async () => {
  const seen: { request: IncomingMessage; body: string }[] = []
  await using server = await nodeServer(async (request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    await once(request, 'end')
    seen.push({ request, body })
    response.writeHead(404, { 'x-mizan-cache': 'public' }).end('{}')
  })
  const handleFetch = forwardTo(server.url)
  const notSent = (): never => expect.fail('SvelteKit was asked')
  const read = new Request('https://board.example/api/mizan/ctx/task/?task_id=5', {
    headers: { authorization: 'Bearer given' },
  })
  const answer = await handleFetch({ event, request: read, fetch: notSent })
  expect([answer.status, answer.headers.get('x-mizan-cache')]).toEqual([404, 'public'])
  const call = new Request('https://board.example/api/mizan/call/', { method: 'POST', body: '{}' })
  await handleFetch({ event, request: call, fetch: notSent })
  expect(seen.map(({ request, body }) => [request.method, request.url, body])).toEqual([
    ['GET', '/api/mizan/ctx/task/?task_id=5', ''],
    ['POST', '/api/mizan/call/', '{}'],
  ])
  expect(seen.map(({ request }) => request.headers)).toMatchObject([
    { cookie: 'session=ada', 'accept-language': 'es', authorization: 'Bearer given' },
    { cookie: 'session=ada', authorization: 'Bearer own' },
  ])
  expect(seen[0]?.request.headers).not.toHaveProperty('x-own')
})

it('all other requests go their way: nobody else is sent the cookies of the visitor', async () => {
  const handleFetch = forwardTo('http://127.0.0.1:9', { base: '/data' })
  for (const url of [
    'https://board.example/api/mizan/ctx/task/',
    'https://board.example/database/',
    'https://board.example/data/../secret/',
    'https://elsewhere.example/data/ctx/task/',
  ]) {
    const request = new Request(url)
    const sent: unknown[] = []
    await handleFetch({
      event,
      request,
      fetch: async (info) => {
        sent.push(info)
        return new Response()
      },
    })
    expect(sent).toEqual([request])
    expect(request.headers.has('cookie')).toBe(false)
  }
})
