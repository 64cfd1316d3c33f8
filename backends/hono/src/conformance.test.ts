import { getRequestListener } from '@hono/node-server'
import { conformance } from '@mizan/testing/conformance'
import { createFixtureApp } from '@mizan/testing/fixture'
import { nodeServer } from '@mizan/testing/resources'
import { Hono } from 'hono'
import { afterAll, describe, expect, test } from 'vitest'
import { mizan } from './mizan.ts'

describe('on @hono/node-server', async () => {
  const app = createFixtureApp()
  const server = await nodeServer(getRequestListener(new Hono().use(mizan(app)).fetch))
  afterAll(() => server[Symbol.asyncDispose]())
  afterAll(() => app.close())

  test.each(conformance)('$section: $rule', async ({ run }) => {
    await expect(run(server)).resolves.toBeUndefined()
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
