import { createKernel, type MizanError } from '@mizan/base'
import { isHttpError } from '@sveltejs/kit'
import { expect, it } from 'vitest'

import { taskContext } from '../../../base/test/board-client.ts'
import { boardServer } from '../../../base/test/board-server.ts'
import { loadContext } from './load-context.ts'

it('what is known is not asked for, and not waited for when it is out of date', async () => {
  await using server = await boardServer()
  const kernel = createKernel({ origin: server.origin })
  const event = { parent: async () => ({ kernel }) }
  const first = await loadContext(event, taskContext, { taskId: 5 })
  expect(first.taskDetail.title).toBe('Task 5')
  kernel.subscribe(taskContext, { taskId: 5 }, () => {})()
  await Promise.resolve()
  expect(kernel.read(taskContext, { taskId: 5 }).isStale).toBe(true)
  expect(await loadContext(event, taskContext, { taskId: 5 })).toBe(first)
  expect(server.headers).toHaveLength(1)
})

it('a refusal of the server is an error of SvelteKit with its status and message', async () => {
  await using server = await boardServer()
  const kernel = createKernel({ origin: server.origin })
  const event = { parent: async () => ({ kernel }) }
  const refusal: MizanError = await kernel.load(taskContext, { taskId: 7 }).catch((error) => error)
  const thrown: unknown = await loadContext(event, taskContext, { taskId: 7 }).catch(
    (error) => error,
  )
  expect(isHttpError(thrown, 404)).toBe(true)
  expect(thrown).toMatchObject({ status: 404, body: { message: refusal.message } })
})

it('a server that does not answer is a 503', async () => {
  const kernel = createKernel({ fetch: () => Promise.reject(new TypeError('refused')) })
  const event = { parent: async () => ({ kernel }) }
  await expect(loadContext(event, taskContext, { taskId: 5 })).rejects.toMatchObject({
    status: 503,
  })
})
