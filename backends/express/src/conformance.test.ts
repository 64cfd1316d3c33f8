import { conformance } from '@mizan/testing/conformance'
import { createFixtureApp } from '@mizan/testing/fixture'
import { expressApp } from '@mizan/testing/resources'
import express from 'express'
import { afterAll, expect, test } from 'vitest'
import { mizan } from './mizan.ts'

const app = createFixtureApp()
const server = await expressApp(express().use(mizan(app)))
afterAll(() => server[Symbol.asyncDispose]())
afterAll(() => app.close())

test.each(conformance)('$section: $rule', async ({ run }) => {
  await expect(run(server)).resolves.toBeUndefined()
})
