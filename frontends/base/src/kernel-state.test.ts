import { describe, expect, it } from 'vitest'

import { globalContext, searchContext, taskContext, updateTask } from '../test/board-client.ts'
import { boardServer } from '../test/board-server.ts'
import { watch } from '../test/until.ts'
import { createKernel } from './kernel.ts'
import type { KernelState } from './kernel-state.ts'

/** What survives the way into a page and out of it. */
function throughPage(state: KernelState): KernelState {
  return JSON.parse(JSON.stringify(state)) as KernelState
}

describe('a kernel made of the state of another', () => {
  it('has its data at once, decoded, and asks for nothing', async () => {
    await using server = await boardServer()
    const rendering = createKernel({ origin: server.origin, clock: () => 7 })
    const data = await rendering.load(taskContext, { taskId: 5 })
    const kernel = createKernel({
      origin: server.origin,
      state: throughPage(rendering.dehydrate()),
    })
    const state = kernel.read(taskContext, { taskId: 5 })
    expect(state).toEqual({
      data,
      status: 'success',
      error: undefined,
      isStale: false,
      fetchedAt: 7,
    })
    expect(kernel.read(taskContext, { taskId: 5 })).toBe(state)
    using task = watch(kernel, taskContext, { taskId: 5 })
    expect(task.states).toEqual([state])
    expect(server.log).toHaveLength(1)
  })

  it('sends the tag that came with it', async () => {
    await using server = await boardServer()
    const rendering = createKernel({ origin: server.origin })
    await rendering.load(taskContext, { taskId: 5 })
    const state = throughPage(rendering.dehydrate())
    const kernel = createKernel({ origin: server.origin, state })
    const { data } = kernel.read(taskContext, { taskId: 5 })
    expect(await kernel.refetch(taskContext, { taskId: 5 })).toBe(data)
    expect(server.headers[1]?.['if-none-match']).toMatch(/^W\/"/)
  })

  it('does not use what belongs to another artifact', async () => {
    await using server = await boardServer()
    const rendering = createKernel({ origin: server.origin })
    await rendering.load(taskContext, { taskId: 5 })
    const kernel = createKernel({ origin: server.origin, state: rendering.dehydrate() })
    const newer = { ...taskContext, artifact: 'fedcba9876543210' }
    expect(kernel.read(newer, { taskId: 5 }).status).toBe('idle')
  })

  it('drops what a call invalidates before it is asked for', async () => {
    await using server = await boardServer()
    const rendering = createKernel({ origin: server.origin })
    await rendering.load(taskContext, { taskId: 5 })
    await rendering.load(globalContext, {})
    const kernel = createKernel({
      origin: server.origin,
      state: throughPage(rendering.dehydrate()),
    })
    await kernel.call(updateTask, { taskId: 5, title: 'Changed' })
    expect(kernel.read(taskContext, { taskId: 5 }).status).toBe('idle')
    expect(kernel.read(globalContext, {}).status).toBe('success')
  })

  it('asks anew for an entry that does not decode', async () => {
    await using server = await boardServer()
    const rendering = createKernel({ origin: server.origin })
    await rendering.load(taskContext, { taskId: 5 })
    const { contexts } = throughPage(rendering.dehydrate())
    const data = { task_detail: null, task_comments: [] }
    const state = { contexts: contexts.map((entry) => ({ ...entry, data })) }
    const kernel = createKernel({ origin: server.origin, state })
    expect(kernel.read(taskContext, { taskId: 5 })).toMatchObject({
      status: 'error',
      data: undefined,
    })
    using task = watch(kernel, taskContext, { taskId: 5 })
    expect((await task.settled()).data?.taskDetail.title).toBe('Task 5')
  })
})

describe('the state of a kernel', () => {
  it('is JSON in the form of the wire, without what is loading, failed or out of date', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin, clock: () => 7 })
    await kernel.load(searchContext, { text: 'a', since: new Date(0) })
    server.answer('GET global', 500, '')
    await kernel.load(globalContext, {}).catch(() => undefined)
    await kernel.load(taskContext, { taskId: 5 })
    const hold = server.hold('GET task?task_id=6')
    using loading = watch(kernel, taskContext, { taskId: 6 })
    await hold.arrived
    const state = kernel.dehydrate()
    expect(throughPage(state)).toEqual(state)
    expect(state.contexts.map(({ key }) => key)).toEqual([
      '0123456789abcdef/search?since=1970-01-01T00%3A00%3A00.000Z&text=%22a%22',
      '0123456789abcdef/task?task_id=5',
    ])
    expect(state.contexts[0]).toMatchObject({
      context: 'search',
      data: { matches: [1] },
      fetchedAt: 7,
    })
    expect(loading.states[0]?.status).toBe('loading')
  })

  it('leaves out data that is shown while newer data is asked for', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    using task = watch(kernel, taskContext, { taskId: 5 })
    await task.settled()
    expect(kernel.dehydrate().contexts).toHaveLength(1)
    kernel.invalidate(['task'])
    expect(task.states.at(-1)?.data).toBeDefined()
    expect(kernel.dehydrate().contexts).toEqual([])
  })

  it('takes over what may have changed unheard of: it is shown at once, and asked for when it is', async () => {
    await using server = await boardServer()
    const rendering = createKernel({ origin: server.origin })
    await rendering.load(taskContext, { taskId: 5 })
    const contexts = rendering.dehydrate().contexts.map((entry) => ({ ...entry, isStale: true }))
    const kernel = createKernel({ origin: server.origin, state: { contexts } })
    expect(kernel.read(taskContext, { taskId: 5 })).toMatchObject({ status: 'success' })
    expect(server.log).toHaveLength(1)
    server.tasks.get(5)!.title = 'Newer'
    using task = watch(kernel, taskContext, { taskId: 5 })
    expect(task.states[0]?.data?.taskDetail.title).toBe('Task 5')
    expect((await task.settled()).data?.taskDetail.title).toBe('Newer')
  })

  it('holds also what it was made of and nobody asked for', async () => {
    await using server = await boardServer()
    const rendering = createKernel({ origin: server.origin })
    await rendering.load(globalContext, {})
    const state = rendering.dehydrate()
    expect(createKernel({ state }).dehydrate()).toEqual(state)
  })
})

describe('a state that comes while a page is shown', () => {
  it('is there for who asks later, without a request', async () => {
    await using server = await boardServer()
    const rendering = createKernel({ origin: server.origin })
    await rendering.load(taskContext, { taskId: 5 })
    const kernel = createKernel({ origin: server.origin })
    kernel.hydrate(throughPage(rendering.dehydrate()))
    using task = watch(kernel, taskContext, { taskId: 5 })
    expect(task.states.map(({ status }) => status)).toEqual(['success'])
    expect(server.log).toHaveLength(1)
  })

  it('ends the request of who asks already', async () => {
    await using server = await boardServer()
    const rendering = createKernel({ origin: server.origin })
    await rendering.load(taskContext, { taskId: 5 })
    const hold = server.hold('GET task')
    const kernel = createKernel({ origin: server.origin })
    using task = watch(kernel, taskContext, { taskId: 5 })
    await hold.arrived
    kernel.hydrate(throughPage(rendering.dehydrate()))
    await hold.abandoned
    expect(task.states.map(({ status }) => status)).toEqual(['loading', 'success'])
    await task.settled()
    expect(server.log).toHaveLength(2)
  })

  it('takes the place of what is older, at once and part by part', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin, clock: () => 1 })
    using task = watch(kernel, taskContext, { taskId: 5 })
    const before = await task.settled()
    const seen = task.states.length
    const rendering = createKernel({ origin: server.origin, clock: () => 2 })
    await rendering.call(updateTask, { taskId: 5, title: 'Changed' })
    await rendering.load(taskContext, { taskId: 5 })
    kernel.hydrate(throughPage(rendering.dehydrate()))
    expect(task.states.slice(seen)).toMatchObject([
      { data: { taskDetail: { title: 'Changed' } }, isStale: false, fetchedAt: 2 },
    ])
    expect(task.states.at(-1)?.data?.taskComments).toBe(before.data?.taskComments)
    expect(server.log.filter((line) => line.startsWith('GET'))).toHaveLength(2)
  })

  it('does not bring back what is older than what is shown, than what is to come, or than a change', async () => {
    await using server = await boardServer()
    let now = 1
    const clock = (): number => now
    const rendering = createKernel({ origin: server.origin, clock })
    await rendering.load(taskContext, { taskId: 5 })
    const old = throughPage(rendering.dehydrate())
    const kernel = createKernel({ origin: server.origin, clock })
    now = 2
    await kernel.call(updateTask, { taskId: 5, title: 'Changed' })
    kernel.hydrate(old)
    expect(kernel.read(taskContext, { taskId: 5 }).status).toBe('idle')
    using task = watch(kernel, taskContext, { taskId: 5 })
    const shown = await task.settled()
    kernel.hydrate(old)
    expect(kernel.read(taskContext, { taskId: 5 })).toBe(shown)
    now = 3
    await rendering.refetch(taskContext, { taskId: 5 })
    const newer = throughPage(rendering.dehydrate())
    const hold = server.hold('GET task')
    now = 4
    const refetched = kernel.refetch(taskContext, { taskId: 5 })
    await hold.arrived
    kernel.hydrate(newer)
    expect(kernel.read(taskContext, { taskId: 5 }).fetchedAt).toBe(2)
    hold.release()
    await refetched
    expect(kernel.read(taskContext, { taskId: 5 }).fetchedAt).toBe(4)
    const next = createKernel({ origin: server.origin, clock })
    next.hydrate(newer)
    next.hydrate(old)
    expect(next.read(taskContext, { taskId: 5 }).fetchedAt).toBe(3)
  })

  it('is refused when who was signed in has left since', async () => {
    await using server = await boardServer()
    let now = 1
    const kernel = createKernel({ origin: server.origin, clock: () => now })
    await kernel.load(globalContext, {})
    const state = throughPage(kernel.dehydrate())
    now = 2
    kernel.clear()
    kernel.hydrate(state)
    expect(kernel.read(globalContext, {}).status).toBe('idle')
  })
})
