import { describe, expect, it } from 'vitest'

import { addComment, taskContext, updateTask } from '../../test/board-client.ts'
import { boardServer } from '../../test/board-server.ts'
import { watch } from '../../test/until.ts'
import { createKernel, type Kernel } from '../kernel.ts'
import { change, optimistic } from './optimistic.ts'
import { singleFlight } from './single-flight.ts'

const changes = [
  change(updateTask, taskContext, (draft, { title, dueAt }) => {
    if (title !== undefined) draft.taskDetail.title = title
    if (dueAt !== undefined) draft.taskDetail.dueAt = dueAt
  }),
  change(addComment, taskContext, (draft, { text }) => {
    if (!draft.taskComments.includes(text)) draft.taskComments.push(text)
  }),
]

const open = (origin: string): Kernel => createKernel({ origin }, optimistic(...changes))

const title = (kernel: Kernel, taskId = 5): string | undefined =>
  kernel.read(taskContext, { taskId }).data?.taskDetail.title

describe('a call with a declared change', () => {
  it('is shown at once where its arguments reach, and never goes back to what was before', async () => {
    await using server = await boardServer()
    const kernel = open(server.origin)
    using five = watch(kernel, taskContext, { taskId: 5 })
    using six = watch(kernel, taskContext, { taskId: 6 })
    await Promise.all([five.settled(), six.settled()])
    const calling = kernel.call(updateTask, { taskId: 5, title: 'Changed' })
    expect(title(kernel)).toBe('Changed')
    expect(title(kernel, 6)).toBe('Task 6')
    await calling
    await five.settled()
    const titles = five.states.map(({ data }) => data?.taskDetail.title)
    expect([...new Set(titles)]).toEqual([undefined, 'Task 5', 'Changed'])
    expect(server.log.filter((line) => line === 'GET task?task_id=5')).toHaveLength(2)
  })

  it('keeps the identity of what it does not change, and shows it anew for nothing else', async () => {
    await using server = await boardServer()
    const kernel = open(server.origin)
    using task = watch(kernel, taskContext, { taskId: 5 })
    const before = await task.settled()
    const calling = kernel.call(updateTask, { taskId: 5, title: 'Changed' })
    const { data } = kernel.read(taskContext, { taskId: 5 })
    expect(data?.taskComments).toBe(before.data?.taskComments)
    expect(data?.taskDetail.labels).toBe(before.data?.taskDetail.labels)
    expect(data?.taskDetail.dueAt).toBe(before.data?.taskDetail.dueAt)
    expect(before.data?.taskDetail.title).toBe('Task 5')
    await calling
  })

  it('is taken back when the server refuses, and what came meanwhile stays', async () => {
    await using server = await boardServer()
    const kernel = open(server.origin)
    using task = watch(kernel, taskContext, { taskId: 5 })
    await task.settled()
    const hold = server.hold('POST update_task')
    const calling = kernel.call(updateTask, { taskId: 5, title: '', dueAt: new Date(0) })
    await hold.arrived
    expect(title(kernel)).toBe('')
    server.tasks.get(5)!.comments.push('From somebody else')
    await kernel.refetch(taskContext, { taskId: 5 })
    // On top of what the server says by now.
    expect(title(kernel)).toBe('')
    expect(task.states.at(-1)?.data?.taskComments).toEqual(['First', 'From somebody else'])
    hold.release()
    await expect(calling).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
    expect(title(kernel)).toBe('Task 5')
    expect(task.states.at(-1)?.data?.taskComments).toEqual(['First', 'From somebody else'])
    expect(task.states.at(-1)?.data?.taskDetail.dueAt).toEqual(new Date('2026-05-01'))
  })

  it('of which there are several stand on each other in the order of the calls', async () => {
    await using server = await boardServer()
    const kernel = open(server.origin)
    using task = watch(kernel, taskContext, { taskId: 5 })
    await task.settled()
    const first = server.hold('POST update_task')
    const one = kernel.call(updateTask, { taskId: 5, title: '' })
    await first.arrived
    const second = server.hold('POST update_task')
    const two = kernel.call(updateTask, { taskId: 5, title: 'Second' })
    await second.arrived
    expect(title(kernel)).toBe('Second')
    first.release()
    await expect(one).rejects.toThrow()
    expect(title(kernel)).toBe('Second')
    second.release()
    await two
    await task.settled()
    expect(title(kernel)).toBe('Second')
  })

  it('is shown in what is mounted while it is on its way', async () => {
    await using server = await boardServer()
    const kernel = open(server.origin)
    const hold = server.hold('POST update_task')
    const calling = kernel.call(updateTask, { taskId: 5, title: 'Changed' })
    await hold.arrived
    server.tasks.get(5)!.title = 'Not yet'
    using task = watch(kernel, taskContext, { taskId: 5 })
    await task.settled()
    expect(title(kernel)).toBe('Changed')
    hold.release()
    await calling
    expect((await task.settled()).data?.taskDetail.title).toBe('Not yet')
  })

  it('stays until the request for newer data is answered, also when that fails at first', async () => {
    await using server = await boardServer()
    const kernel = open(server.origin)
    using task = watch(kernel, taskContext, { taskId: 5 })
    await task.settled()
    server.answer('GET task', 503, '')
    await kernel.call(addComment, { taskId: 5, text: 'Second' })
    expect((await task.until(({ status }) => status === 'error')).data?.taskComments).toEqual([
      'First',
      'Second',
    ])
    await kernel.refetch(taskContext, { taskId: 5 })
    expect(task.states.at(-1)?.data?.taskComments).toEqual(['First', 'Second'])
    server.tasks.get(5)!.comments = ['Only']
    await kernel.refetch(taskContext, { taskId: 5 })
    expect(task.states.at(-1)?.data?.taskComments).toEqual(['Only'])
  })

  it('is over when what it changed came with its answer', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin }, optimistic(...changes), singleFlight())
    using task = watch(kernel, taskContext, { taskId: 5 })
    await task.settled()
    const merge = [
      { context: 'task', params: { task_id: 5 }, function: 'task_comments', data: ['x'] },
    ]
    server.answer('POST add_comment', 200, JSON.stringify({ merge, result: 2 }))
    await kernel.call(addComment, { taskId: 5, text: 'Second' })
    expect(kernel.read(taskContext, { taskId: 5 }).data?.taskComments).toEqual(['x'])
  })

  it('that cannot be carried out on this data has no effect, and the call is made all the same', async () => {
    await using server = await boardServer()
    const broken = change(updateTask, taskContext, () => {
      throw new TypeError('not there')
    })
    const kernel = createKernel({ origin: server.origin }, optimistic(broken))
    using task = watch(kernel, taskContext, { taskId: 5 })
    await task.settled()
    await kernel.call(updateTask, { taskId: 5, title: 'Changed' })
    await task.settled()
    expect(title(kernel)).toBe('Changed')
  })
})
