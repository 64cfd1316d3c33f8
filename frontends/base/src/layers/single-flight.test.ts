import { expect, it } from 'vitest'

import { globalContext, taskContext, updateTask } from '../../test/board-client.ts'
import { boardServer } from '../../test/board-server.ts'
import { watch } from '../../test/until.ts'
import { createKernel } from '../kernel.ts'
import { singleFlight } from './single-flight.ts'

const detail = (title: string): object => ({
  task_comments: ['First'],
  task_detail: { id: 5, title, labels: [], dueAt: '2026-05-01T00:00:00.000Z' },
})
const target = { context: 'task', params: { task_id: 5 } }

it('a call says what is mounted, and what comes back with it is shown without another request', async () => {
  await using server = await boardServer()
  const kernel = createKernel({ origin: server.origin }, singleFlight())
  using task = watch(kernel, taskContext, { taskId: 5 })
  using german = watch(kernel, taskContext, { taskId: 5, locale: 'de' })
  await Promise.all([task.settled(), german.settled()])
  await kernel.load(globalContext, {})
  server.log.length = 0
  const refreshed = [
    { context: 'task', params: { task_id: '5' }, data: detail('Fresh'), etag: null },
  ]
  const body = { invalidate: [target], refreshed, result: null }
  server.answer('POST update_task', 200, JSON.stringify(body))

  await kernel.call(updateTask, { taskId: 5, title: 'Fresh' })
  expect(kernel.read(taskContext, { taskId: 5 })).toMatchObject({ isStale: false })
  expect(kernel.read(taskContext, { taskId: 5 }).data?.taskDetail.title).toBe('Fresh')
  await german.settled()
  expect(server.headers.at(-2)?.['x-mizan-mounted']).toBe(
    'task;task_id=5, task;locale=de;task_id=5',
  )
  // The other instance was not sent along, so it asks.
  expect(server.log).toEqual(['POST update_task', 'GET task?locale=de&task_id=5'])
})

it('a merged member is put in, and the rest keeps its identity', async () => {
  await using server = await boardServer()
  const kernel = createKernel({ origin: server.origin }, singleFlight())
  using task = watch(kernel, taskContext, { taskId: 5 })
  const before = await task.settled()
  server.log.length = 0
  const merge = [{ ...target, function: 'task_comments', data: ['First', 'Second'] }]
  server.answer('POST update_task', 200, JSON.stringify({ merge, result: null }))

  await kernel.call(updateTask, { taskId: 5, title: 'x' })
  const { data, isStale } = kernel.read(taskContext, { taskId: 5 })
  expect(data?.taskComments).toEqual(['First', 'Second'])
  expect(data?.taskDetail).toBe(before.data?.taskDetail)
  expect(isStale).toBe(false)
  expect(server.log).toEqual(['POST update_task'])
  // The server has what it had before: by the etag of then it would say that nothing had changed.
  await kernel.refetch(taskContext, { taskId: 5 })
  expect(kernel.read(taskContext, { taskId: 5 }).data?.taskComments).toEqual(['First'])
})

it('what changed while the call was under way asks for itself: what came with the call may be older', async () => {
  await using server = await boardServer()
  const kernel = createKernel({ origin: server.origin }, singleFlight())
  using task = watch(kernel, taskContext, { taskId: 5 })
  await task.settled()
  const refreshed = [{ context: 'task', params: { task_id: '5' }, data: detail('Older') }]
  const hold = server.hold('POST update_task')
  server.answer(
    'POST update_task',
    200,
    JSON.stringify({ invalidate: [target], refreshed, result: null }),
  )
  const calling = kernel.call(updateTask, { taskId: 5, title: 'Older' })
  await hold.arrived
  server.tasks.get(5)!.title = 'Newer'
  await kernel.refetch(taskContext, { taskId: 5 })
  hold.release()
  await calling
  expect((await task.settled()).data?.taskDetail.title).toBe('Newer')
  expect(task.states.some(({ data }) => data?.taskDetail.title === 'Older')).toBe(false)
})

it('what was on its way when the call set out asks for itself: it may have been overtaken unseen', async () => {
  await using server = await boardServer()
  const kernel = createKernel({ origin: server.origin }, singleFlight())
  using task = watch(kernel, taskContext, { taskId: 5 })
  await task.settled()
  const reading = server.hold('GET task')
  kernel.invalidate(['task'])
  await reading.arrived
  const hold = server.hold('POST update_task')
  const refreshed = [{ context: 'task', params: { task_id: '5' }, data: detail('Older') }]
  const body = { invalidate: [target], refreshed, result: null }
  server.answer('POST update_task', 200, JSON.stringify(body))
  const calling = kernel.call(updateTask, { taskId: 5, title: 'Older' })
  await hold.arrived
  server.tasks.get(5)!.title = 'Newer'
  // As somebody else's change is heard of over the socket: it was out of date, and is.
  kernel.invalidate(['task'])
  hold.release()
  await calling
  expect((await task.settled()).data?.taskDetail.title).toBe('Newer')
})

it('a merge is an ordinary invalidation for a kernel without the layer', async () => {
  await using server = await boardServer()
  const kernel = createKernel({ origin: server.origin })
  using task = watch(kernel, taskContext, { taskId: 5 })
  await task.settled()
  const merge = [{ ...target, function: 'task_comments', data: ['x'] }]
  server.answer('POST update_task', 200, JSON.stringify({ merge, result: null }))
  server.tasks.get(5)!.comments.push('Second')
  await kernel.call(updateTask, { taskId: 5, title: 'x' })
  expect((await task.settled()).data?.taskComments).toEqual(['First', 'Second'])
  expect(server.headers.at(-2)?.['x-mizan-mounted']).toBeUndefined()
})
