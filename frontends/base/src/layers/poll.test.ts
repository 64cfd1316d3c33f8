import { expect, it } from 'vitest'

import { globalContext, taskContext } from '../../test/board-client.ts'
import { boardServer } from '../../test/board-server.ts'
import { watch } from '../../test/until.ts'
import { createKernel } from '../kernel.ts'
import { poll } from './poll.ts'

it('what is shown is asked for again and again, and other contexts are not', async () => {
  await using server = await boardServer()
  const kernel = createKernel({ origin: server.origin }, poll([taskContext], { every: 1 }))
  using task = watch(kernel, taskContext, { taskId: 5 })
  using global = watch(kernel, globalContext, {})
  await Promise.all([task.settled(), global.settled()])
  server.tasks.get(5)!.title = 'Later'
  await task.until(({ data }) => data?.taskDetail.title === 'Later')
  server.answer('GET task', 503, '')
  await task.until(({ status }) => status === 'error')
  expect(server.log.filter((line) => line === 'GET global')).toHaveLength(1)
})

it('what is not shown any more is left alone, and so is a page in the background', async () => {
  await using server = await boardServer()
  let show = (): void => undefined
  const page = {
    visibilityState: 'hidden',
    addEventListener: (_type: 'visibilitychange', listener: () => void): void => {
      show = listener
    },
  }
  const layer = poll([taskContext], { every: 1, document: page })
  const kernel = createKernel({ origin: server.origin }, layer)
  const task = watch(kernel, taskContext, { taskId: 5 })
  await task.settled()
  // Time for many requests, had there been any.
  for (let turn = 0; turn < 5; turn++) await kernel.load(globalContext, {})
  await kernel.refetch(globalContext, {})
  expect(server.log.filter((line) => line.startsWith('GET task'))).toHaveLength(1)
  page.visibilityState = 'visible'
  show()
  server.tasks.get(5)!.title = 'Later'
  await task.until(({ data }) => data?.taskDetail.title === 'Later')
  task[Symbol.dispose]()
  await expect.poll(() => kernel.read(taskContext, { taskId: 5 }).isStale).toBe(true)
  const asked = server.log.length
  for (let turn = 0; turn < 5; turn++) await kernel.refetch(globalContext, {})
  expect(server.log.slice(asked).filter((line) => line.startsWith('GET task'))).toEqual([])
})
