import { conformance } from '@mizan/testing/conformance'
import { createFixtureApp } from '@mizan/testing/fixture'
import { nodeServer } from '@mizan/testing/resources'
import { afterAll, expect, test } from 'vitest'
import { mizan } from './mizan.ts'

const app = createFixtureApp()
const server = await nodeServer(mizan(app))
afterAll(() => server[Symbol.asyncDispose]())
afterAll(() => app.close())

test.each(conformance)('$section: $rule', async ({ run }) => {
  await expect(run(server)).resolves.toBeUndefined()
})
