import { createFixtureApp } from '@mizan/testing/fixture'
import express, { type NextFunction, type Request, type Response } from 'express'
import request from 'supertest'
import { expect, test } from 'vitest'
import { mizan } from './mizan.ts'

const call = { fn: 'add', args: { left: 2, right: 3 } }

test('a server that has routes of its own keeps them', async () => {
  await using app = createFixtureApp()
  const server = express()
  server.get('/before', (_, response) => void response.send('before'))
  server.use(mizan(app))
  server.use(express.json())
  server.post(
    '/after',
    (incoming, response) => void response.json({ got: incoming.body as unknown }),
  )
  server.use((_, response) => void response.status(404).send('nothing here'))

  expect((await request(server).get('/before')).text).toBe('before')
  expect((await request(server).post('/after').send({ a: 1 })).body).toEqual({ got: { a: 1 } })
  const missing = await request(server).get('/api/mizania/')
  expect([missing.status, missing.text]).toEqual([404, 'nothing here'])
  expect((await request(server).post('/api/mizan/call/').send(call)).body).toEqual({ result: 5 })
  expect((await request(server).get('/fixture/items/5/')).text).toContain('Item 5')
})

test('calls work when express.json() has run before', async () => {
  await using app = createFixtureApp()
  const server = express().use(express.json()).use(mizan(app))
  expect((await request(server).post('/api/mizan/call/').send(call)).body).toEqual({ result: 5 })
  const html = await request(server).post('/api/mizan/call/').type('text/html').send('<p>')
  expect(html.status).toBe(415)
  expect((await request(server).get('/api/mizan/ctx/catalog/')).body).toEqual({ catalog_size: 999 })
})

test('calls work when express.raw() or express.urlencoded() has run before', async () => {
  await using app = createFixtureApp()
  const raw = express()
    .use(express.raw({ type: '*/*' }))
    .use(mizan(app))
  expect((await request(raw).post('/api/mizan/call/').send(call)).body).toEqual({ result: 5 })
  const forms = express()
    .use(express.urlencoded({ extended: true }))
    .use(mizan(app))
  expect((await request(forms).post('/api/mizan/call/').send(call)).body).toEqual({ result: 5 })
})

test('mounted under a path it still sees the whole one', async () => {
  await using app = createFixtureApp({ base: '/v1/mizan' })
  const server = express().use('/v1', mizan(app))
  const answer = await request(server).get('/v1/mizan/ctx/catalog/')
  expect(answer.body).toEqual({ catalog_size: 999 })
})

test('headers of other middleware stay', async () => {
  await using app = createFixtureApp()
  const server = express()
  server.disable('x-powered-by')
  server.use((_, response, next) => {
    response.set('x-frame-options', 'DENY').cookie('own', '1')
    next()
  })
  server.use(mizan(app))
  const answer = await request(server)
    .post('/api/mizan/call/')
    .send({ fn: 'sign_in', args: { user: 'ada' } })
  expect(answer.headers['x-frame-options']).toBe('DENY')
  expect(answer.headers['x-powered-by']).toBe(undefined)
  expect(answer.get('set-cookie')).toHaveLength(2)
})

test('the address follows the trust proxy setting', async () => {
  const seen: unknown[] = []
  const server = express()
  server.set('trust proxy', true)
  server.use(
    mizan({
      owns: () => true,
      answer: async ({ address }) => {
        seen.push(address)
        return { status: 200, headers: [], body: null }
      },
    }),
  )
  await request(server).get('/').set('x-forwarded-for', '203.0.113.5')
  expect(seen).toEqual(['203.0.113.5'])
})

test('what fails on the way goes to the error handlers', async () => {
  const server = express()
  server.use(
    mizan({
      owns: () => true,
      answer: () => Promise.reject(new Error('no answer')),
    }),
  )
  server.use((error: Error, _: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) next(error)
    else response.status(500).send(`handled: ${error.message}`)
  })
  const answer = await request(server).get('/')
  expect([answer.status, answer.text]).toEqual([500, 'handled: no answer'])
})
