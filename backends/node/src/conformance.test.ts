import { conformance, liveConformance } from '@mizan/testing/conformance'
import { createFixtureApp } from '@mizan/testing/fixture'
import { nodeServer } from '@mizan/testing/resources'
import { afterAll, expect, test } from 'vitest'
import { mizan } from './mizan.ts'
import { upgrade } from './upgrade.ts'

const app = createFixtureApp()
const server = await nodeServer(mizan(app))
upgrade(server.server, app)
afterAll(() => server[Symbol.asyncDispose]())
afterAll(() => app.close())

test.each([...conformance, ...liveConformance])('$section: $rule', async ({ run }) => {
  await expect(run(server)).resolves.toBeUndefined()
})
