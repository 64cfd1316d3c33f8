import { createAdaptorServer, upgradeWebSocket } from '@hono/node-server'
import { conformance, liveConformance } from '@mizan/testing/conformance'
import { createFixtureApp } from '@mizan/testing/fixture'
import { Hono } from 'hono'
import { afterAll, describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { mizan } from './mizan.ts'
import { upgrade } from './upgrade.ts'

describe('on @hono/node-server', async () => {
  const app = createFixtureApp()
  const hono = new Hono().use(upgrade(upgradeWebSocket, app)).use(mizan(app))
  const sockets = new WebSocketServer({ noServer: true })
  const server = createAdaptorServer({ fetch: hono.fetch, websocket: { server: sockets } })
  const url = await new Promise<string>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' ? address?.port : undefined
      resolve(`http://127.0.0.1:${port}`)
    })
  })
  afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())))
  afterAll(() => app.close())

  test.each([...conformance, ...liveConformance])('$section: $rule', async ({ run }) => {
    await expect(run({ url })).resolves.toBeUndefined()
  })
})

describe('on fetch alone', () => {
  const app = createFixtureApp()
  const hono = new Hono().use(mizan(app))
  afterAll(() => app.close())
  const target = {
    url: 'http://127.0.0.1',
    fetch: async (input: string | URL | Request, init?: RequestInit) =>
      hono.fetch(new Request(input, init)),
  }

  test.each(conformance)('$section: $rule', async ({ run }) => {
    await expect(run(target)).resolves.toBeUndefined()
  })
})
