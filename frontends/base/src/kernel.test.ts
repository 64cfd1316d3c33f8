import { describe, expect, it } from 'vitest'

import {
  globalContext,
  nextDay,
  renameUser,
  taskContext,
  updateTask,
} from '../test/board-client.ts'
import { boardServer } from '../test/board-server.ts'
import { watch } from '../test/until.ts'
import { createKernel } from './kernel.ts'

describe('reading', () => {
  it('fetches nothing, makes nothing, and is idle', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    const state = kernel.read(taskContext, { taskId: 5 })
    expect(state).toEqual({
      data: undefined,
      status: 'idle',
      error: undefined,
      isStale: false,
      fetchedAt: undefined,
    })
    expect(kernel.read(taskContext, { taskId: 5 })).toBe(state)
    expect(kernel.readMember(taskContext, { taskId: 5 }, 'taskDetail')).toBe(state)
    expect(server.log).toEqual([])
  })

  it('keeps its identity until something changes, and cannot be changed', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin, clock: () => 42 })
    using task = watch(kernel, taskContext, { taskId: 5 })
    const state = await task.settled()
    expect(kernel.read(taskContext, { taskId: 5 })).toBe(state)
    expect(Object.isFrozen(state)).toBe(true)
    expect(state).toMatchObject({ status: 'success', isStale: false, fetchedAt: 42 })
  })
})

describe('a mounted context', () => {
  it('goes from loading to success, with values decoded', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    using task = watch(kernel, taskContext, { taskId: 5 })
    await task.settled()
    expect(task.states.map(({ status }) => status)).toEqual(['loading', 'success'])
    expect(task.states.at(-1)?.data).toEqual({
      taskComments: ['First'],
      taskDetail: {
        id: 5,
        title: 'Task 5',
        labels: [{ name: 'new' }, { name: 'ui' }],
        dueAt: new Date('2026-05-01T00:00:00.000Z'),
      },
    })
  })

  it('shares one request with all who mount equal params', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    using one = watch(kernel, taskContext, { taskId: 5 })
    using two = watch(kernel, taskContext, { taskId: 5, locale: undefined })
    const loaded = kernel.load(taskContext, { taskId: 5 })
    const refetched = kernel.refetch(taskContext, { taskId: 5 })
    await Promise.all([one.settled(), two.settled(), loaded, refetched])
    expect(server.log).toEqual(['GET task?task_id=5'])
    expect(one.states.at(-1)).toBe(two.states.at(-1))
    expect(await loaded).toBe(await refetched)
  })

  it('has an instance of its own for other params', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    using five = watch(kernel, taskContext, { taskId: 5 })
    using german = watch(kernel, taskContext, { taskId: 5, locale: 'de' })
    using six = watch(kernel, taskContext, { taskId: 6 })
    const states = await Promise.all([five.settled(), german.settled(), six.settled()])
    expect(states.map(({ data }) => data?.taskDetail.title)).toEqual([
      'Task 5',
      'Task 5 (de)',
      'Task 6',
    ])
  })

  it('needs no params when the context has none', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    using global = watch(kernel, globalContext, undefined)
    expect((await global.settled()).data).toEqual({ currentUser: { name: 'Ada' } })
    expect(kernel.read(globalContext, {})).toBe(kernel.read(globalContext, undefined))
    expect(server.log).toEqual(['GET global'])
  })

  it('is fetched again after everybody left and somebody came back, who sees the old data at once', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    const first = watch(kernel, taskContext, { taskId: 5 })
    const { data } = await first.settled()
    first[Symbol.dispose]()
    await Promise.resolve()
    using second = watch(kernel, taskContext, { taskId: 5 })
    expect(second.states[0]).toMatchObject({ status: 'success', isStale: true })
    expect(second.states[0]?.data).toBe(data)
    expect((await second.settled()).data).toBe(data)
    expect(server.log).toHaveLength(2)
  })

  it('stays when one who leaves comes back within one task', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    const first = watch(kernel, taskContext, { taskId: 5 })
    first[Symbol.dispose]()
    using second = watch(kernel, taskContext, { taskId: 5 })
    await second.settled()
    expect(server.log).toEqual(['GET task?task_id=5'])
  })

  it('keeps one mount of a listener when another one leaves, even twice', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    const seen: string[] = []
    const listener = (): void => void seen.push(kernel.read(taskContext, { taskId: 5 }).status)
    const leave = kernel.subscribe(taskContext, { taskId: 5 }, listener)
    const stay = kernel.subscribe(taskContext, { taskId: 5 }, listener)
    leave()
    leave()
    await kernel.load(taskContext, { taskId: 5 })
    expect(seen.filter((status) => status === 'success')).toEqual(['success'])
    stay()
  })
})

describe('loading', () => {
  it('answers from what is at hand while that is up to date, and mounting then asks nothing', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    const data = await kernel.load(taskContext, { taskId: 5 })
    expect(await kernel.load(taskContext, { taskId: 5 })).toBe(data)
    using task = watch(kernel, taskContext, { taskId: 5 })
    expect(task.states[0]?.data).toBe(data)
    expect(server.log).toHaveLength(1)
  })

  it('refetching always asks, and an unchanged bundle is not sent again', async () => {
    await using server = await boardServer()
    let now = 1
    const kernel = createKernel({ origin: server.origin, clock: () => now })
    const data = await kernel.load(taskContext, { taskId: 5 })
    now = 2
    expect(await kernel.refetch(taskContext, { taskId: 5 })).toBe(data)
    expect(kernel.read(taskContext, { taskId: 5 }).fetchedAt).toBe(2)
    expect(server.headers[0]).not.toHaveProperty('if-none-match')
    expect(server.headers[1]?.['if-none-match']).toMatch(/^W\/"/)
  })

  it('without a required param rejects and asks nothing', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    const missing = {} as { taskId: number }
    await expect(kernel.load(taskContext, missing)).rejects.toThrow('task: taskId is required')
    expect(() => kernel.subscribe(taskContext, missing, () => {})).toThrow(TypeError)
    expect(server.log).toEqual([])
  })
})

describe('a call', () => {
  it('encodes its arguments and decodes its result', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    const at = new Date('2026-05-01T10:00:00.000Z')
    expect(await kernel.call(nextDay, { at })).toEqual(new Date('2026-05-02T10:00:00.000Z'))
  })

  it('leaves out undefined and undeclared arguments', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    const args = { taskId: 5, title: undefined, tenant: 'x' }
    expect(await kernel.call(updateTask, args)).toBeUndefined()
    expect(server.tasks.get(5)?.title).toBe('Task 5')
  })

  it('rejects with what the server said', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    await expect(kernel.call(updateTask, { taskId: 5, title: '' })).rejects.toMatchObject({
      name: 'MizanError',
      code: 'VALIDATION_FAILED',
      status: 422,
    })
  })
})

describe('clearing', () => {
  it('forgets what nobody watches and asks again for the rest, showing nothing of before meanwhile', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    await kernel.load(taskContext, { taskId: 5 })
    using global = watch(kernel, globalContext, {})
    await global.settled()
    await kernel.call(renameUser, { name: 'Bea' })
    kernel.clear()
    expect(kernel.read(taskContext, { taskId: 5 }).status).toBe('idle')
    expect(kernel.read(globalContext, {})).toMatchObject({ status: 'loading', data: undefined })
    expect((await global.settled()).data).toEqual({ currentUser: { name: 'Bea' } })
  })
})
