import { expect, it } from 'vitest'

import { globalContext, taskContext, updateTask } from '../../test/board-client.ts'
import { boardServer } from '../../test/board-server.ts'
import { createKernel } from '../kernel.ts'
import { activity } from './activity.ts'
import { retry } from './retry.ts'

const turn = (): Promise<void> => new Promise((resolve) => queueMicrotask(resolve))

it('reads and calls are counted from when they begin to when they end, however they end', async () => {
  await using server = await boardServer()
  const busy = activity()
  const kernel = createKernel({ origin: server.origin }, busy)
  const read = server.hold('GET task?task_id=5')
  const refused = server.hold('GET task?task_id=7')
  const call = server.hold('POST update_task')
  const loading = kernel.load(taskContext, { taskId: 5 })
  const failing = kernel.load(taskContext, { taskId: 7 })
  const controller = new AbortController()
  const calling = kernel.call(updateTask, { taskId: 6 }, { signal: controller.signal })
  await Promise.all([read.arrived, refused.arrived, call.arrived])
  expect(busy.read()).toEqual({ reads: 2, calls: 1 })
  refused.release()
  await expect(failing).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await turn()
  expect(busy.read()).toEqual({ reads: 1, calls: 1 })
  controller.abort()
  await expect(calling).rejects.toThrow()
  read.release()
  await loading
  await turn()
  expect(busy.read()).toEqual({ reads: 0, calls: 0 })
})

it('who listens is told once for all that began together, and not of what looks the same', async () => {
  await using server = await boardServer()
  const busy = activity()
  const kernel = createKernel({ origin: server.origin }, busy)
  const seen: unknown[] = []
  const stop = busy.subscribe(() => seen.push(busy.read()))
  const idle = busy.read()
  const loading = [
    kernel.load(taskContext, { taskId: 5 }),
    kernel.load(taskContext, { taskId: 6 }),
    kernel.load(globalContext, {}),
  ]
  expect(busy.read()).toBe(idle)
  await turn()
  expect(seen).toEqual([{ reads: 3, calls: 0 }])
  stop()
  await Promise.all(loading)
  await turn()
  expect(seen).toHaveLength(1)
  const before = busy.read()
  expect(before).toEqual({ reads: 0, calls: 0 })
  await kernel.load(taskContext, { taskId: 5 })
  expect(busy.read()).toBe(before)
})

it('given first it counts what waits for a second try, given last only what is on its way', async () => {
  await using server = await boardServer()
  server.answer('GET task', 503, '{}')
  let wake = (): void => {}
  const asleep = new Promise<void>((resolve) => {
    wake = resolve
  })
  let fallAsleep = (): void => {}
  const sleeps = new Promise<void>((resolve) => {
    fallAsleep = resolve
  })
  const sleep = async (): Promise<void> => {
    fallAsleep()
    await asleep
  }
  const [first, last] = [activity(), activity()]
  const kernel = createKernel({ origin: server.origin }, first, retry({ sleep }), last)
  const loading = kernel.load(taskContext, { taskId: 5 })
  await sleeps
  await turn()
  expect([first.read().reads, last.read().reads]).toEqual([1, 0])
  wake()
  await loading
})
