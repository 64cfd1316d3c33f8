import type { MizanError } from '@mizan/protocol'
import { describe, expect, it } from 'vitest'

import { type Task, taskContext } from '../../test/board-client.ts'
import { boardServer } from '../../test/board-server.ts'
import { createKernel, type Kernel } from '../kernel.ts'
import { observeMember, type Observation } from '../observe.ts'
import { createRead, type ReadOptions } from './read.ts'

type Labels = Task['labels']

function observeTask(kernel: Kernel, taskId: number): Observation<Task> {
  return observeMember(kernel, taskContext, { taskId }, 'taskDetail')
}

describe('what is selected', () => {
  it('keeps its identity while it is equal, however often it is selected anew', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    await kernel.load(taskContext, { taskId: 5 })
    const read = createRead<Task, Labels, MizanError>()
    const look = (): Labels | undefined =>
      read(() => observeTask(kernel, 5), {
        select: ({ labels }) => labels.map(({ name }) => ({ name })),
      }).read().data
    const first = look()
    expect(first).toEqual([{ name: 'new' }, { name: 'ui' }])
    expect(look()).toBe(first)
    await kernel.refetch(taskContext, { taskId: 5 })
    expect(look()).toBe(first)
  })

  it('leaves the data of the kernel as it is', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    const five = await kernel.load(taskContext, { taskId: 5 })
    const six = await kernel.load(taskContext, { taskId: 6 })
    const labels = six.taskDetail.labels
    const read = createRead<Task, Labels, MizanError>()
    const select = ({ labels }: Task): Labels => labels
    for (const taskId of [5, 6]) {
      const observation = observeTask(kernel, taskId)
      expect(read(() => observation, { select }).read().data).toBe(five.taskDetail.labels)
    }
    expect(six.taskDetail.labels).toBe(labels)
  })

  it('throws where it is read what selecting throws', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    await kernel.load(taskContext, { taskId: 5 })
    const select = (): never => {
      throw new RangeError('not selectable')
    }
    const observation = createRead<Task, never, MizanError>()(() => observeTask(kernel, 5), {
      select,
    })
    expect(() => observation.read()).toThrow(RangeError)
  })
})

it('a read has one snapshot until something of it changes, whatever its options', async () => {
  await using server = await boardServer()
  const kernel = createKernel({ origin: server.origin })
  const placeholder: Task = { id: 0, title: 'Soon', labels: [], dueAt: new Date(0) }
  const all: ReadOptions<Task>[] = [{}, { placeholder }, { keepPrevious: true }, { enabled: false }]
  for (const options of all) {
    const observe = (): Observation<Task> => observeTask(kernel, 5)
    const observation = createRead<Task, Task, MizanError>()(observe, options)
    expect(observation.read()).toBe(observation.read())
  }
})

it('a failure takes the place of the placeholder', async () => {
  await using server = await boardServer()
  const kernel = createKernel({ origin: server.origin })
  const placeholder: Task = { id: 0, title: 'Soon', labels: [], dueAt: new Date(0) }
  const observe = (): Observation<Task> => observeTask(kernel, 7)
  const observation = createRead<Task, Task, MizanError>()(observe, { placeholder })
  await observation.load()
  expect(observation.read()).toMatchObject({ status: 'error', data: undefined, isStale: false })
})

it('who is not enabled may lack params; who is may not', () => {
  const read = createRead<Task, Task, MizanError>()
  const missing = (): never => {
    throw new TypeError('taskId is required')
  }
  expect(read(missing, { enabled: false }).read().status).toBe('idle')
  expect(() => read(missing, {})).toThrow(TypeError)
})
