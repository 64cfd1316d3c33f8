import { describe, expect, it } from 'vitest'

import { taskContext, updateTask } from '../test/board-client.ts'
import { boardServer } from '../test/board-server.ts'
import { watch } from '../test/until.ts'
import { createKernel } from './kernel.ts'

describe('an answer that set out before an invalidation', () => {
  it('is never shown, and the context is asked for again', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    const hold = server.hold('GET task')
    using task = watch(kernel, taskContext, { taskId: 5 })
    await hold.arrived
    await kernel.call(updateTask, { taskId: 5, title: 'Newer' })
    hold.release()
    await task.settled()
    const titles = task.states.flatMap(({ data }) => data?.taskDetail.title ?? [])
    expect(titles).toEqual(['Newer'])
    expect(server.log).toEqual(['GET task?task_id=5', 'POST update_task', 'GET task?task_id=5'])
  })

  it('is not shown either when whoever fetches cannot abort', async () => {
    await using server = await boardServer()
    const kernel = createKernel({
      origin: server.origin,
      fetch: (url, init) => fetch(url, { ...init, signal: null }),
    })
    using task = watch(kernel, taskContext, { taskId: 5 })
    await task.settled()
    const hold = server.hold('GET task')
    const refetched = kernel.refetch(taskContext, { taskId: 5 })
    await hold.arrived
    await kernel.call(updateTask, { taskId: 5, title: 'Newer' })
    hold.release()
    expect((await refetched).taskDetail.title).toBe('Newer')
    const titles = task.states.flatMap(({ data }) => data?.taskDetail.title ?? [])
    expect([...new Set(titles)]).toEqual(['Task 5', 'Newer'])
  })

  it('is given up on the wire', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    const hold = server.hold('GET task')
    using task = watch(kernel, taskContext, { taskId: 5 })
    await hold.arrived
    kernel.invalidate(['task'])
    await hold.abandoned
    expect((await task.settled()).status).toBe('success')
  })

  it('is asked for again as often as it is overtaken, for those who await it too', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    const holds = [server.hold('GET task'), server.hold('GET task'), server.hold('GET task')]
    const loaded = kernel.load(taskContext, { taskId: 5 })
    for (const hold of holds) {
      await hold.arrived
      server.tasks.get(5)!.title += '!'
      kernel.invalidate(['task'])
    }
    expect((await loaded).taskDetail.title).toBe('Task 5!!!')
    expect(server.log).toHaveLength(4)
  })
})

describe('a request', () => {
  it('is given up when the last watcher leaves', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    const hold = server.hold('GET task')
    const one = watch(kernel, taskContext, { taskId: 5 })
    const two = watch(kernel, taskContext, { taskId: 5 })
    await hold.arrived
    one[Symbol.dispose]()
    two[Symbol.dispose]()
    await hold.abandoned
    expect(kernel.read(taskContext, { taskId: 5 }).status).toBe('idle')
  })

  it('goes on while one watcher or one who awaits it is left', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    const hold = server.hold('GET task')
    const one = watch(kernel, taskContext, { taskId: 5 })
    using two = watch(kernel, taskContext, { taskId: 5 })
    await hold.arrived
    one[Symbol.dispose]()
    const loaded = kernel.load(taskContext, { taskId: 5 })
    two[Symbol.dispose]()
    hold.release()
    expect((await loaded).taskDetail.title).toBe('Task 5')
    expect(server.log).toHaveLength(1)
  })

  it('starts over for whoever comes while it is being given up', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    const hold = server.hold('GET task')
    const first = watch(kernel, taskContext, { taskId: 5 })
    await hold.arrived
    first[Symbol.dispose]()
    // One microtask: the request is aborted, its rejection has not arrived.
    await Promise.resolve()
    using second = watch(kernel, taskContext, { taskId: 5 })
    expect((await second.settled()).data?.taskDetail.title).toBe('Task 5')
  })

  it('is given up when the one who awaits it aborts, who gets the reason', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    const hold = server.hold('GET task')
    const controller = new AbortController()
    const loaded = kernel.load(taskContext, { taskId: 5 }, { signal: controller.signal })
    await hold.arrived
    controller.abort(new Error('changed my mind'))
    await expect(loaded).rejects.toThrow('changed my mind')
    await hold.abandoned
  })

  it('goes on for a watcher when the one who awaits it aborts', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    const hold = server.hold('GET task')
    using task = watch(kernel, taskContext, { taskId: 5 })
    await hold.arrived
    const reason = AbortSignal.abort(new Error('too late'))
    const loaded = kernel.load(taskContext, { taskId: 5 }, { signal: reason })
    await expect(loaded).rejects.toThrow('too late')
    hold.release()
    expect((await task.settled()).status).toBe('success')
    expect(server.log).toHaveLength(1)
  })

  it('of a call rejects with the reason of its signal', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    const hold = server.hold('POST update_task')
    const controller = new AbortController()
    const args = { taskId: 5, title: 'Late' }
    const called = kernel.call(updateTask, args, { signal: controller.signal })
    await hold.arrived
    controller.abort(new Error('left the page'))
    await expect(called).rejects.toThrow('left the page')
  })
})
