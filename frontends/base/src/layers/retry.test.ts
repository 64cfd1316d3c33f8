import { expect, it } from 'vitest'

import { taskContext, updateTask } from '../../test/board-client.ts'
import { boardServer } from '../../test/board-server.ts'
import { createKernel, type Kernel } from '../kernel.ts'
import type { KernelLayer } from '../transport.ts'
import { retry } from './retry.ts'

/** A kernel that notes its waits instead of waiting. */
function impatient(origin: string, ...inner: readonly KernelLayer[]): [Kernel, number[]] {
  const waits: number[] = []
  const sleep = async (milliseconds: number, signal?: AbortSignal): Promise<void> => {
    waits.push(milliseconds)
    signal?.throwIfAborted()
  }
  return [createKernel({ origin }, retry({ sleep, delay: (n) => n }), ...inner), waits]
}

const unavailable = '{"error":{"code":"UNAVAILABLE","message":"down"}}'

it('a read that failed for a passing reason is asked again', async () => {
  await using server = await boardServer()
  const [kernel, waits] = impatient(server.origin)
  server.answer('GET task', 503, unavailable)
  server.answer('GET task', 502, '<html>')
  const data = await kernel.load(taskContext, { taskId: 5 })
  expect(data.taskDetail.title).toBe('Task 5')
  expect(waits).toEqual([1, 2])
})

it('after the last attempt the failure is the answer', async () => {
  await using server = await boardServer()
  const [kernel, waits] = impatient(server.origin)
  for (let n = 0; n < 4; n++) server.answer('GET task', 503, unavailable)
  await expect(kernel.load(taskContext, { taskId: 5 })).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  })
  expect(waits).toEqual([1, 2, 3])
})

it('what will not pass is not asked again, and a call never is', async () => {
  await using server = await boardServer()
  const [kernel, waits] = impatient(server.origin)
  await expect(kernel.load(taskContext, { taskId: 404 })).rejects.toMatchObject({ status: 404 })
  server.answer('POST update_task', 503, unavailable)
  await expect(kernel.call(updateTask, { taskId: 5, title: 'x' })).rejects.toMatchObject({
    status: 503,
  })
  server.answer('GET task', 501, '{"error":{"code":"NOT_IMPLEMENTED","message":"never"}}')
  await expect(kernel.load(taskContext, { taskId: 5 })).rejects.toMatchObject({ status: 501 })
  expect(waits).toEqual([])
})

it('a Retry-After in seconds or as a date is followed, one of more than a minute is not', async () => {
  await using server = await boardServer()
  const times = ['7', new Date(Date.now() + 55_000).toUTCString(), '3600']
  const busy: KernelLayer = async (request, next) => {
    const retryAfter = times.shift()
    const answer = await next(request)
    return retryAfter === undefined
      ? answer
      : { ...answer, headers: new Headers({ 'retry-after': retryAfter }) }
  }
  const [kernel, waits] = impatient(server.origin, busy)
  for (let n = 0; n < 3; n++) server.answer('GET task', 429, unavailable)
  await expect(kernel.load(taskContext, { taskId: 5 })).rejects.toMatchObject({ status: 429 })
  expect(waits[0]).toBe(7_000)
  // What is left of it, on a machine that may have been busy since.
  expect(waits[1]).toBeGreaterThan(20_000)
  expect(waits[1]).toBeLessThanOrEqual(55_000)
  expect(waits).toHaveLength(2)
})

it('who leaves while it waits ends the wait', async () => {
  await using server = await boardServer()
  const hour = 3_600_000
  let wait = (): void => undefined
  const waiting = new Promise<void>((resolve) => (wait = resolve))
  const delay = (): number => (wait(), hour)
  const kernel = createKernel({ origin: server.origin }, retry({ delay }))
  server.answer('GET task', 503, unavailable)
  const leaving = new AbortController()
  const given = kernel.load(taskContext, { taskId: 5 }, { signal: leaving.signal })
  await waiting
  leaving.abort()
  await expect(given).rejects.toMatchObject({ name: 'AbortError' })
  const data = await kernel.load(taskContext, { taskId: 5 })
  expect(data.taskDetail.title).toBe('Task 5')
})
