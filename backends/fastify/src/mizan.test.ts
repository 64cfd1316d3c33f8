import { createFixtureApp } from '@mizan/testing/fixture'
import fastify from 'fastify'
import { expect, test } from 'vitest'
import { mizan } from './mizan.ts'

const call = { fn: 'add', args: { left: 2, right: 3 } }

test('a server that has routes and parsers of its own keeps them', async () => {
  await using app = createFixtureApp()
  await using server = fastify()
  server.get('/before', async () => 'before')
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_, body, done) =>
    done(null, { parsedHere: body }),
  )
  await server.register(mizan(app))
  server.post('/after', async ({ body }) => body)

  expect((await server.inject('/before')).body).toBe('before')
  const own = await server.inject({ method: 'POST', url: '/after', payload: { a: 1 } })
  expect(own.json()).toEqual({ parsedHere: '{"a":1}' })
  expect((await server.inject('/api/mizania/')).statusCode).toBe(404)
  const called = await server.inject({ method: 'POST', url: '/api/mizan/call/', payload: call })
  expect(called.json()).toEqual({ result: 5 })
  expect((await server.inject('/fixture/items/5/')).body).toContain('Item 5')
})

test('a catch-all route of the server does not take what the app owns', async () => {
  await using app = createFixtureApp()
  await using server = fastify()
  await server.register(mizan(app))
  await server.register(async (scope) => {
    scope.all('/*', async () => 'anything')
  })
  expect((await server.inject('/somewhere')).body).toBe('anything')
  const context = await server.inject('/api/mizan/ctx/catalog/')
  expect(context.json()).toEqual({ catalog_size: 999 })
})

test('QUERY reaches the app', async () => {
  await using app = createFixtureApp()
  await using server = fastify()
  await server.register(mizan(app))
  const answer = await server.inject({
    method: 'QUERY' as 'POST', // cast: the type of inject knows the methods that HTTP began with
    url: '/api/mizan/ctx/item/',
    payload: { item_id: 7 },
  })
  expect(answer.json()).toMatchObject({ item: { id: 7 } })
})

test('headers of hooks that ran before stay', async () => {
  await using app = createFixtureApp()
  await using server = fastify()
  server.addHook('onRequest', async (_, reply) => {
    reply.header('x-frame-options', 'DENY').header('set-cookie', 'own=1')
  })
  await server.register(mizan(app))
  const answer = await server.inject({
    method: 'POST',
    url: '/api/mizan/call/',
    payload: { fn: 'sign_in', args: { user: 'ada' } },
  })
  expect(answer.headers['x-frame-options']).toBe('DENY')
  expect(answer.headers['set-cookie']).toHaveLength(2)
})

test('the address follows trustProxy', async () => {
  const seen: unknown[] = []
  await using server = fastify({ trustProxy: true })
  await server.register(
    mizan({
      owns: () => true,
      answer: async ({ address }) => {
        seen.push(address)
        return { status: 200, headers: [], body: null }
      },
    }),
  )
  await server.inject({ url: '/', headers: { 'x-forwarded-for': '203.0.113.5' } })
  expect(seen).toEqual(['203.0.113.5'])
})

test('an app that fails ends the connection', async () => {
  await using server = fastify({ forceCloseConnections: true })
  await server.register(
    mizan({ owns: () => true, answer: () => Promise.reject(new Error('no answer')) }),
  )
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  await expect(fetch(url)).rejects.toThrow('fetch failed')
})
