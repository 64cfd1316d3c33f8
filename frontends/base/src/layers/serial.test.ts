import { expect, it } from 'vitest'

import { addComment, updateTask } from '../../test/board-client.ts'
import { boardServer } from '../../test/board-server.ts'
import { createKernel, type Kernel } from '../kernel.ts'
import { serial } from './serial.ts'

const open = (origin: string): Kernel =>
  createKernel(
    { origin },
    serial<{ taskId: number }>([updateTask, addComment], ({ taskId }) => taskId),
  )

it('calls of one key are sent one after the other, those of another key are not held up', async () => {
  await using server = await boardServer()
  const kernel = open(server.origin)
  const hold = server.hold('POST update_task')
  const first = kernel.call(updateTask, { taskId: 5, title: 'a' })
  const second = kernel.call(addComment, { taskId: 5, text: 'b' })
  await hold.arrived
  await kernel.call(updateTask, { taskId: 6, title: 'c' })
  expect(server.log).toEqual(['POST update_task', 'POST update_task'])
  hold.release()
  await Promise.all([first, second])
  expect(server.log.at(-1)).toBe('POST add_comment')
})

it('a failed call does not hold up the next', async () => {
  await using server = await boardServer()
  const kernel = open(server.origin)
  const failing = kernel.call(updateTask, { taskId: 5, title: '' })
  const next = kernel.call(updateTask, { taskId: 5, title: 'good' })
  await expect(failing).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
  await next
  expect(server.tasks.get(5)?.title).toBe('good')
})

it('who gives up while they wait has sent nothing, and those behind keep their place', async () => {
  await using server = await boardServer()
  const kernel = open(server.origin)
  const hold = server.hold('POST update_task')
  const first = kernel.call(updateTask, { taskId: 5, title: 'a' })
  const controller = new AbortController()
  const { signal } = controller
  const second = kernel.call(updateTask, { taskId: 5, title: 'b' }, { signal })
  const third = kernel.call(addComment, { taskId: 5, text: 'c' })
  await hold.arrived
  controller.abort(new Error('changed my mind'))
  await expect(second).rejects.toThrow('changed my mind')
  expect(server.log).toEqual(['POST update_task'])
  hold.release()
  await Promise.all([first, third])
  expect(server.log).toEqual(['POST update_task', 'POST add_comment'])
})
