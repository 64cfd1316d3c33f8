import type { ContextDescriptor } from '@mizan/base'
import { client, collect, createApp, defineContext } from '@mizan/server'
import { createCaller } from '@mizan/testing'
import { describe, expect, it } from 'vitest'

import { globalContext, taskContext } from '../../test/board-client.ts'
import { boardServer } from '../../test/board-server.ts'
import { createKernel, type Kernel } from '../kernel.ts'
import { observeContext } from '../observe.ts'
import { createInfinite } from './infinite.ts'
import { keepPrevious } from './keep-previous.ts'
import { prefetch } from './prefetch.ts'
import { whenEnabled } from './when-enabled.ts'

/** Resolves as soon as `isMet` holds. */
function until(
  { subscribe }: { subscribe(listener: () => void): () => void },
  isMet: () => boolean,
): Promise<void> {
  return new Promise((resolve) => {
    const leave = subscribe(() => isMet() && (leave(), resolve()))
    if (isMet()) resolve()
  })
}

describe('a read that is not enabled', () => {
  it('asks for nothing and shows what is known', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    const five = whenEnabled(observeContext(kernel, taskContext, { taskId: 5 }), false)
    const leave = five.subscribe(() => undefined)
    expect(five.read().status).toBe('idle')
    await kernel.load(taskContext, { taskId: 6 })
    const six = whenEnabled(observeContext(kernel, taskContext, { taskId: 6 }), false)
    expect(six.read().data?.taskDetail.title).toBe('Task 6')
    leave()
    expect(server.log).toEqual(['GET task?task_id=6'])
  })

  it('is another one when it is enabled', () => {
    const observation = observeContext(createKernel(), taskContext, { taskId: 5 })
    expect(whenEnabled(observation, true)).toBe(observation)
    expect(whenEnabled(observation, false).key).not.toBe(observation.key)
  })
})

it('what was fetched before is shown without a request, and a failure is nobody’s', async () => {
  await using server = await boardServer()
  const kernel = createKernel({ origin: server.origin })
  await prefetch(kernel, taskContext, { taskId: 5 })
  await prefetch(kernel, taskContext, { taskId: 7 })
  expect(kernel.read(taskContext, { taskId: 5 }).status).toBe('success')
  expect(kernel.read(taskContext, { taskId: 7 }).error?.code).toBe('NOT_FOUND')
  const leave = kernel.subscribe(taskContext, { taskId: 5 }, () => undefined)
  leave()
  expect(server.log).toHaveLength(2)
})

describe('a hook that goes from page to page', () => {
  it('shows the page of before until the next is there', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    const keep = keepPrevious()
    const five = keep(observeContext(kernel, taskContext, { taskId: 5 }))
    expect(five.read().data).toBeUndefined()
    await until(five, () => five.read().status === 'success')
    const six = keep(observeContext(kernel, taskContext, { taskId: 6 }))
    const before = six.read()
    expect(before).toMatchObject({ status: 'loading', isStale: true })
    expect(before.data).toBe(five.read().data)
    expect(six.read()).toBe(before)
    const leave = six.subscribe(() => undefined)
    await until(six, () => six.read().status === 'success')
    expect(six.read()).toMatchObject({ isStale: false, data: { taskDetail: { title: 'Task 6' } } })
    leave()
  })

  it('shows nothing of who was signed in before', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    const keep = keepPrevious()
    const five = keep(observeContext(kernel, taskContext, { taskId: 5 }))
    await until(five, () => five.read().status === 'success')
    const six = keep(observeContext(kernel, taskContext, { taskId: 6 }))
    expect(six.read().data).toBeDefined()
    kernel.clear()
    expect(six.read().data).toBeUndefined()
  })
})

/** Numbers in pages of two, of which a test may take some away. */
function numbersKernel(numbers: number[]): { kernel: Kernel; asked: string[] } {
  const NumbersContext = defineContext('numbers')
  const app = createApp({
    functions: collect(
      client({ context: NumbersContext }, function page(after: number): {
        items: number[]
        end: number | null
      } {
        const items = numbers.filter((number) => number > after).slice(0, 2)
        const end = items.at(-1)
        return { items, end: end === undefined || end === numbers.at(-1) ? null : end }
      }),
    ),
  })
  const caller = createCaller(app)
  const asked: string[] = []
  const kernel = createKernel({
    fetch(url, init) {
      asked.push(String(url).split('?')[1] ?? '')
      return caller.fetch(url, init)
    },
  })
  return { kernel, asked }
}

interface NumbersPage {
  readonly items: number[]
  readonly end: number | null
}

const numbersContext: ContextDescriptor<{ after: number }, { page: NumbersPage }> = {
  name: 'numbers',
  artifact: '0123456789abcdef',
  params: { after: { wire: 'after', required: true, kind: 'number' } },
  members: { page: { wire: 'page' } },
}

const pagesOf = {
  first: { after: 0 },
  next: ({ page: { end } }: { page: NumbersPage }) => (end === null ? undefined : { after: end }),
}

describe('a list that grows', () => {
  it('shows one page more each time, and says when there is none', async () => {
    const { kernel, asked } = numbersKernel([1, 2, 3, 4, 5])
    const list = createInfinite(kernel, numbersContext, pagesOf)
    const leave = list.subscribe(() => undefined)
    const items = (): number[] => list.read().pages.flatMap(({ page }) => page.items)
    expect(list.read()).toMatchObject({ pages: [], status: 'loading', hasMore: false })
    for (const count of [2, 4, 5]) {
      await until(list, () => items().length === count)
      const { hasMore } = list.read()
      expect(hasMore).toBe(count < 5)
      list.loadMore()
      expect(list.read().isLoadingMore).toBe(hasMore)
    }
    expect(items()).toEqual([1, 2, 3, 4, 5])
    expect(list.read()).toBe(list.read())
    expect(asked).toEqual(['after=0', 'after=2', 'after=4'])
    leave()
  })

  it('follows its pages when they change, and leaves those that are none any more', async () => {
    const numbers = [1, 2, 3, 4, 5, 6]
    const { kernel, asked } = numbersKernel(numbers)
    const list = createInfinite(kernel, numbersContext, pagesOf)
    const leave = list.subscribe(() => undefined)
    const items = (): number[] => list.read().pages.flatMap(({ page }) => page.items)
    await until(list, () => items().length === 2)
    list.loadMore()
    await until(list, () => items().length === 4)
    asked.length = 0
    numbers.shift()
    kernel.invalidate([{ context: 'numbers', params: { after: 0 } }])
    await until(list, () => items().join() === '2,3,4,5')
    expect(asked).toEqual(['after=0', 'after=3'])
    asked.length = 0
    kernel.invalidate([{ context: 'numbers', params: { after: 2 } }])
    await list.refetch()
    expect(asked).toEqual(['after=0', 'after=3'])
    leave()
  })

  it('grows at both ends, where that is wanted: what is found before the first page stands before it', async () => {
    const numbers = [1, 2, 3, 4, 5, 6, 7, 8]
    const { kernel, asked } = numbersKernel(numbers)
    const list = createInfinite(kernel, numbersContext, {
      ...pagesOf,
      first: { after: 4 },
      previous: ({ page: { items } }) => {
        const [lowest = 0] = items
        return lowest > 1 ? { after: lowest - 3 } : undefined
      },
    })
    const leave = list.subscribe(() => undefined)
    const items = (): number[] => list.read().pages.flatMap(({ page }) => page.items)
    expect(list.read()).toMatchObject({ hasPrevious: false, isLoadingPrevious: false })
    await until(list, () => items().length === 2)
    expect(list.read()).toMatchObject({ hasMore: true, hasPrevious: true })
    list.loadPrevious()
    expect(list.read()).toMatchObject({ isLoadingPrevious: true, isLoadingMore: false })
    expect(items()).toEqual([5, 6])
    await until(list, () => items().length === 4)
    list.loadMore()
    expect(list.read()).toMatchObject({ isLoadingPrevious: false, isLoadingMore: true })
    await until(list, () => items().length === 6)
    list.loadPrevious()
    await until(list, () => items().length === 8)
    expect(items()).toEqual(numbers)
    expect(list.read()).toMatchObject({ status: 'success', hasMore: false, hasPrevious: false })
    list.loadPrevious()
    expect(asked).toEqual(['after=4', 'after=2', 'after=6', 'after=0'])
    asked.length = 0
    kernel.invalidate([{ context: 'numbers', params: { after: 2 } }])
    await list.refetch()
    expect(asked.toSorted()).toEqual(['after=0', 'after=2', 'after=4', 'after=6'])
    leave()
  })

  it('shows no page twice where one direction leads into the other', async () => {
    const { kernel } = numbersKernel([1, 2, 3, 4])
    const list = createInfinite(kernel, numbersContext, {
      ...pagesOf,
      previous: () => ({ after: 2 }),
    })
    const leave = list.subscribe(() => undefined)
    await until(list, () => list.read().status === 'success')
    expect(list.read()).toMatchObject({ hasMore: true, hasPrevious: true })
    list.loadMore()
    await until(list, () => list.read().pages.length === 2)
    expect(list.read()).toMatchObject({ hasMore: false, hasPrevious: false })
    leave()
  })

  it('ends where a page leads back to one before it', async () => {
    const { kernel } = numbersKernel([1, 2, 3])
    const list = createInfinite(kernel, numbersContext, { ...pagesOf, next: () => ({ after: 0 }) })
    const leave = list.subscribe(() => undefined)
    await until(list, () => list.read().status === 'success')
    expect(list.read()).toMatchObject({ hasMore: false })
    expect(list.read().pages).toHaveLength(1)
    leave()
  })
})

it('a kernel says for itself how long it keeps what nobody watches', async () => {
  await using server = await boardServer()
  let now = 0
  const kernel = createKernel({ origin: server.origin, clock: () => now, keepFor: 10 })
  await kernel.load(globalContext, {})
  now = 11
  await kernel.load(taskContext, { taskId: 5 })
  expect(kernel.read(globalContext, {}).status).toBe('idle')
})
