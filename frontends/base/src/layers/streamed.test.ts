import { describe, expect, it } from 'vitest'

import { globalContext, taskContext, updateTask } from '../../test/board-client.ts'
import { boardServer } from '../../test/board-server.ts'
import { watch } from '../../test/until.ts'
import { createKernel, type Kernel } from '../kernel.ts'
import type { KernelState } from '../kernel-state.ts'
import { streamed, type StreamedWindow } from './streamed.ts'

const key = '0123456789abcdef/task?task_id=5'
const nothing: KernelState = { contexts: [] }

interface Page extends StreamedWindow {
  /** What the script before a piece does. */
  add(state: unknown): void
  end(): void
}

/** A page whose first piece has come with `state`. */
function page(state: unknown, readyState: DocumentReadyState = 'loading'): Page {
  let now = readyState
  const ends: (() => void)[] = []
  const opened: Page = {
    document: {
      get readyState() {
        return now
      },
      addEventListener: (_name: string, listener: () => void) => void ends.push(listener),
      // cast: the one property that is read
      getElementById: () => ({ textContent: JSON.stringify(state) }) as HTMLElement,
    },
    add(late) {
      const list = (opened.__mizanState ??= []) as unknown[] // cast: as the script does
      list.push(JSON.stringify(late))
    },
    end() {
      now = 'interactive'
      for (const listener of ends) listener()
    },
  }
  return opened
}

const open = (origin: string, window: Page): Kernel =>
  createKernel({ origin }, streamed({ window }))

/** What a server has read of task 5. */
async function read(origin: string): Promise<KernelState> {
  const kernel = createKernel({ origin })
  await kernel.load(taskContext, { taskId: 5 })
  return kernel.dehydrate()
}

describe('a page that is on its way', () => {
  it('has what came with its first piece, and with those before there was a kernel', async () => {
    await using server = await boardServer()
    const { contexts } = await read(server.origin)
    for (const late of [false, true]) {
      const window = page(late ? nothing : { contexts })
      if (late) window.add({ contexts, pending: [] })
      const kernel = open(server.origin, window)
      expect(kernel.read(taskContext, { taskId: 5 }).data?.taskDetail.title).toBe('Task 5')
    }
    expect(server.log).toHaveLength(1)
  })

  it('waits for what is to come instead of asking, and shows it when it is there', async () => {
    await using server = await boardServer()
    const { contexts } = await read(server.origin)
    const window = page({ contexts: [], pending: [key] })
    const kernel = open(server.origin, window)
    using task = watch(kernel, taskContext, { taskId: 5 })
    const loaded = kernel.load(taskContext, { taskId: 5 })
    window.add({ contexts: [], pending: [key, 'other'] })
    // What nobody announced is asked for at once.
    await kernel.load(globalContext, {})
    window.add({ contexts, pending: [] })
    expect((await loaded).taskDetail.title).toBe('Task 5')
    expect(task.states.map(({ status }) => status)).toEqual(['loading', 'success'])
    await kernel.call(updateTask, { taskId: 5, title: 'Changed' })
    await task.until(({ data }) => data?.taskDetail.title === 'Changed')
    expect(server.log).toEqual([
      'GET task?task_id=5',
      'GET global',
      'POST update_task',
      'GET task?task_id=5',
    ])
  })

  it.each([
    ['the server gives it up', (window: Page) => window.add(nothing)],
    ['the page ends without it', (window: Page) => window.end()],
    ['what came is no state', (window: Page) => window.add(5)],
  ])('asks for it when %s', async (_name, happens) => {
    await using server = await boardServer()
    const window = page({ contexts: [], pending: [key] })
    const kernel = open(server.origin, window)
    const loaded = kernel.load(taskContext, { taskId: 5 })
    await kernel.load(globalContext, {})
    expect(server.log).toEqual(['GET global'])
    happens(window)
    expect((await loaded).taskDetail.title).toBe('Task 5')
  })

  it('asks for it when nothing was heard of the page for long', async () => {
    await using server = await boardServer()
    const window = page({ contexts: [], pending: [key] })
    const kernel = createKernel({ origin: server.origin }, streamed({ window, wait: 1 }))
    expect((await kernel.load(taskContext, { taskId: 5 })).taskDetail.title).toBe('Task 5')
  })

  it('asks again where a change here is newer than what comes', async () => {
    await using server = await boardServer()
    const { contexts } = await read(server.origin)
    const window = page({ contexts: [], pending: [key] })
    const kernel = open(server.origin, window)
    using task = watch(kernel, taskContext, { taskId: 5 })
    await kernel.call(updateTask, { taskId: 5, title: 'Changed' })
    window.add({ contexts, pending: [] })
    expect((await task.settled()).data?.taskDetail.title).toBe('Changed')
    expect(task.states.map(({ data }) => data?.taskDetail.title)).toEqual([undefined, 'Changed'])
  })

  it('leaves who gives up waiting alone', async () => {
    await using server = await boardServer()
    const window = page({ contexts: [], pending: [key] })
    const kernel = open(server.origin, window)
    const left = new AbortController()
    const loaded = kernel.load(taskContext, { taskId: 5 }, { signal: left.signal })
    left.abort(new Error('changed my mind'))
    await expect(loaded).rejects.toThrow('changed my mind')
    window.end()
    await kernel.load(globalContext, {})
    expect(server.log).toEqual(['GET global'])
  })

  it('tells every kernel of the page', async () => {
    await using server = await boardServer()
    const { contexts } = await read(server.origin)
    const window = page(nothing)
    const first = open(server.origin, window)
    const second = open(server.origin, window)
    window.add({ contexts })
    for (const kernel of [first, second, open(server.origin, window)])
      expect(kernel.read(taskContext, { taskId: 5 }).status).toBe('success')
  })
})

it('a page that is whole waits for nothing, whatever was announced', async () => {
  await using server = await boardServer()
  const { contexts } = await read(server.origin)
  const window = page({ contexts: [], pending: [key] }, 'complete')
  const kernel = open(server.origin, window)
  await kernel.load(taskContext, { taskId: 5 })
  expect(server.log).toHaveLength(2)
  const whole = open(server.origin, page({ contexts }, 'interactive'))
  await whole.load(taskContext, { taskId: 5 })
  expect(server.log).toHaveLength(2)
})

it('on a server it does nothing', async () => {
  await using server = await boardServer()
  const kernel = createKernel({ origin: server.origin }, streamed({ window: undefined }))
  await kernel.load(taskContext, { taskId: 5 })
  expect(server.log).toHaveLength(1)
})
