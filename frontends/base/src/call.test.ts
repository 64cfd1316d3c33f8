import { Window } from 'happy-dom'
import { afterEach, describe, expect, it, vi } from 'vitest'

import { globalContext, nextDay, taskContext, updateTask } from '../test/board-client.ts'
import { boardServer } from '../test/board-server.ts'
import { call, fetchContext } from './call.ts'
import { createKernel } from './kernel.ts'

afterEach(() => vi.unstubAllGlobals())

/** The fetch of a page of `origin`: real requests, with paths resolved as in a browser. */
async function openPage(origin: string): Promise<AsyncDisposable> {
  const window = new Window({ url: origin })
  vi.stubGlobal('fetch', window.fetch.bind(window))
  return { [Symbol.asyncDispose]: () => window.happyDOM.close() }
}

describe('without a kernel', () => {
  it('a call is a request to the page’s own origin', async () => {
    await using server = await boardServer()
    await using _page = await openPage(server.origin)
    expect(await call(updateTask, { taskId: 5, title: 'Changed' })).toBeUndefined()
    expect(server.tasks.get(5)?.title).toBe('Changed')
    expect(await call(nextDay, { at: new Date('2026-01-01') })).toEqual(new Date('2026-01-02'))
    await expect(call(updateTask, { taskId: 7 })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('a context is read from the page’s own origin, decoded', async () => {
    await using server = await boardServer()
    await using _page = await openPage(server.origin)
    const { taskDetail, taskComments } = await fetchContext(taskContext, { taskId: 5 })
    expect(taskDetail.dueAt).toEqual(new Date('2026-05-01'))
    expect(taskComments).toEqual(['First'])
    expect(await fetchContext(globalContext, undefined)).toEqual({ currentUser: { name: 'Ada' } })
    await expect(fetchContext(taskContext, { taskId: 7 })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })
})

describe('with a kernel', () => {
  it('a call invalidates its contexts and a context is shared with it', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    const data = await fetchContext(taskContext, { taskId: 5 }, { kernel })
    expect(kernel.read(taskContext, { taskId: 5 }).data).toBe(data)
    await call(updateTask, { taskId: 5 }, { kernel })
    expect(kernel.read(taskContext, { taskId: 5 }).status).toBe('idle')
  })

  it('a signal ends the waiting', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    const signal = AbortSignal.abort(new Error('left'))
    await expect(call(updateTask, { taskId: 5 }, { kernel, signal })).rejects.toThrow('left')
    await expect(fetchContext(taskContext, { taskId: 5 }, { kernel, signal })).rejects.toThrow(
      'left',
    )
  })
})
