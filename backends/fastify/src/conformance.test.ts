import { conformance, liveConformance } from '@mizan/testing/conformance'
import { createFixtureApp } from '@mizan/testing/fixture'
import fastify from 'fastify'
import { afterAll, expect, test } from 'vitest'
import { mizan } from './mizan.ts'
import { upgrade } from './upgrade.ts'

const app = createFixtureApp()
const server = fastify({ forceCloseConnections: true }).register(mizan(app))
upgrade(server.server, app)
const url = await server.listen({ host: '127.0.0.1', port: 0 })
afterAll(() => server.close())
afterAll(() => app.close())

test.each([...conformance, ...liveConformance])('$section: $rule', async ({ run }) => {
  await expect(run({ url })).resolves.toBeUndefined()
})
