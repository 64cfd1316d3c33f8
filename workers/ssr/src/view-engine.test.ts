import { nodeServer } from '@mizan/testing/resources'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { afterAll, expect, test } from 'vitest'
import { createRenderer } from './create-renderer.ts'
import {
  expressViews,
  type FastifyLike,
  fastifyViews,
  honoViews,
  type ViewProps,
} from './view-engine.ts'

declare module 'hono' {
  interface ContextRenderer {
    (name: string, props?: ViewProps): Promise<Response>
  }
}

const renderer = createRenderer({
  worker: new URL('../test/pages.worker.tsx', import.meta.url),
  flags: ['--conditions=@mizan/source'],
  processes: 1,
})
afterAll(() => renderer.close())

const defaults = { scripts: ['/assets/app.js'], language: 'de' }
const document = { title: 'A <b>' }

function assertPage(html: string): void {
  expect(html).toContain('<html lang="de">')
  expect(html).toContain('<title>A &#60;b&#62;</title>')
  expect(html).toContain('<link rel="modulepreload" href="/assets/app.js">')
  expect(html).toContain('<div id="root"><p>&lt;/script&gt;</p></div>')
}

test('Express renders components by res.render, and passes their errors on', async () => {
  const app = express()
  expressViews(app, renderer, defaults)
  app.get('/', (_request, response) => {
    response.locals['text'] = '</script>'
    response.render('Echo', { document })
  })
  app.get('/failing', (_request, response) => response.render('Throwing', { text: 'luck' }))
  const failed: unknown[] = []
  const onError: express.ErrorRequestHandler = (error, _request, response, _next) => {
    failed.push(error)
    response.status(500).end('failed')
  }
  app.use(onError)
  await using server = await nodeServer(app)
  const response = await fetch(server.url)
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  assertPage(await response.text())
  expect((await fetch(`${server.url}/failing`)).status).toBe(500)
  expect(failed).toMatchObject([{ message: 'Rendering Throwing failed: no luck' }])
})

test('Fastify renders components by reply.view', async () => {
  const app = fastify()
  fastifyViews(app as unknown as FastifyLike, renderer, defaults) // cast: decorateReply is generic there
  app.get('/', (_request, reply) =>
    // cast: an application declares `view` on its replies
    (reply as unknown as { view(name: string, props: object): Promise<unknown> }).view('Echo', {
      text: '</script>',
      document,
    }),
  )
  const response = await app.inject('/')
  expect(response.headers['content-type']).toBe('text/html; charset=utf-8')
  assertPage(response.body)
  await app.close()
})

test('Hono renders components by c.render', async () => {
  const app = new Hono()
  app.use(honoViews(renderer, defaults))
  app.get('/', (context) => context.render('Echo', { text: '</script>', document }))
  const response = await app.request('/')
  expect(response.headers.get('content-type')).toMatch(/^text\/html/)
  assertPage(await response.text())
})
