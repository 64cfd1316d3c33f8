/** What the options of reads and lists that grow must do in every binding. */

import type { Kernel, KernelOptions, ReadOptions } from '@mizan/base'
import { describe, expect, it } from 'vitest'

import { type Task, taskContext, updateTask } from './board-client.ts'
import { boardServer } from './board-server.ts'

/** What the page is to show now. */
export interface Reading {
  readonly taskId: number | undefined
  readonly options: ReadOptions<Task, string>
}

/**
 * The page: an element `data-part="read"` with the hook of `taskDetail`, given the task of the reading as its only param and
 * the reading's options; an element `data-part="list"` with the list of the task context, begun with the same params and enabled
 * as the read is, `nextTask` after each and `previousTask` before.
 */
export interface ReadingProps {
  readonly kernel: Kernel
  readonly first: Reading
  /** Called with what a part shows, each time it renders; returns it. */
  readonly render: (part: 'read' | 'list', text: string) => string
  /** Receives the functions that show one page more. */
  readonly onList: (list: GrowingList) => void
}

/** The part of a list that makes it grow. */
export interface GrowingList {
  loadMore(): void
  loadPrevious(): void
}

/** The page on screen. */
export interface MountedReading {
  show(reading: Reading): void
  unmount(): void
}

/** One binding, ready to be tested. */
export interface ReadingUnderTest {
  readonly createKernel: (options?: KernelOptions) => Kernel
  mount(host: HTMLElement, props: ReadingProps): MountedReading
}

const titleOf = ({ title }: Task): string => title

/** Runs the list against one binding. */
export function describeReading(name: string, binding: ReadingUnderTest): void {
  const { createKernel } = binding

  describe(`${name}: options of reads`, () => {
    it('what is not enabled asks for nothing, needs no params, and begins when it is', async () => {
      await using server = await boardServer()
      const off: Reading = { taskId: undefined, options: { enabled: false, select: titleOf } }
      using page = openReading(binding, createKernel({ origin: server.origin }), off)
      await page.shows('read', 'idle nothing')
      expect(page.text('list')).toBe('idle nothing')
      page.show({ taskId: 5, options: { enabled: true, select: titleOf } })
      await page.shows('read', 'success Task 5')
      await page.shows('list', 'success Task 5, more')
      expect(server.log).toEqual(['GET task?task_id=5'])
      page.show({ taskId: 6, options: { enabled: false, select: titleOf } })
      await page.shows('read', 'idle nothing')
      page.show({ taskId: 5, options: { enabled: false, select: titleOf } })
      await page.shows('read', 'success Task 5, stale')
      expect(server.log).toHaveLength(1)
    })

    it('what is shown stays until other params have loaded, where that is wanted', async () => {
      await using server = await boardServer()
      const options = { keepPrevious: true, select: titleOf }
      const kernel = createKernel({ origin: server.origin })
      using page = openReading(binding, kernel, { taskId: 5, options })
      await page.shows('read', 'success Task 5')
      const hold = server.hold('GET task?task_id=6')
      page.show({ taskId: 6, options })
      await page.shows('read', 'loading Task 5, stale')
      hold.release()
      await page.shows('read', 'success Task 6')
      expect(page.texts('read')).not.toContain('loading nothing, stale')
    })

    it('a placeholder stands where nothing has come yet', async () => {
      await using server = await boardServer()
      const hold = server.hold('GET task?task_id=5')
      const placeholder: Task = { id: 5, title: 'Soon', labels: [], dueAt: new Date(0) }
      const kernel = createKernel({ origin: server.origin })
      const first: Reading = { taskId: 5, options: { placeholder, select: titleOf } }
      using page = openReading(binding, kernel, first)
      await page.shows('read', 'loading Soon, stale')
      hold.release()
      await page.shows('read', 'success Task 5')
      expect(page.texts('read')).not.toContain('loading nothing')
    })

    it('nothing renders while what is selected stays the same, and another selection shows at once', async () => {
      await using server = await boardServer()
      const kernel = createKernel({ origin: server.origin })
      using page = openReading(binding, kernel, { taskId: 5, options: { select: titleOf } })
      await page.shows('read', 'success Task 5')
      await kernel.call(updateTask, { taskId: 5, dueAt: new Date(1) })
      await kernel.load(taskContext, { taskId: 5 })
      await kernel.call(updateTask, { taskId: 5, title: 'Changed' })
      await page.shows('read', 'success Changed')
      const shown = page.texts('read').filter((text) => !text.startsWith('loading'))
      // Who shows that it is stale renders for that too.
      expect(shown.filter((text) => !text.endsWith('stale'))).toEqual([
        ...['success Task 5', 'success Task 5', 'success Changed'],
      ])
      page.show({ taskId: 5, options: { select: ({ labels }) => `${labels.length} labels` } })
      await page.shows('read', 'success 2 labels')
    })

    it('a list shows one page more when asked, and each page follows what concerns it', async () => {
      await using server = await boardServer()
      const kernel = createKernel({ origin: server.origin })
      using page = openReading(binding, kernel, { taskId: 5, options: { select: titleOf } })
      await page.shows('list', 'success Task 5, more')
      page.loadMore()
      await page.shows('list', 'success Task 5,Task 6')
      server.log.length = 0
      await kernel.call(updateTask, { taskId: 6, title: 'Changed' })
      await page.shows('list', 'success Task 5,Changed')
      expect(server.log).toEqual(['POST update_task', 'GET task?task_id=6'])
      page.show({ taskId: 6, options: { select: titleOf } })
      await page.shows('list', 'success Changed, earlier')
      page.loadPrevious()
      await page.shows('list', 'success Task 5,Changed')
    })
  })
}

interface OpenReading extends Disposable {
  show(reading: Reading): void
  loadMore(): void
  loadPrevious(): void
  text(part: 'read' | 'list'): string | undefined
  /** What a part showed, each time it rendered. */
  texts(part: 'read' | 'list'): readonly string[]
  shows(part: 'read' | 'list', text: string): Promise<void>
}

function openReading(binding: ReadingUnderTest, kernel: Kernel, first: Reading): OpenReading {
  const host = document.body.appendChild(document.createElement('div'))
  const history = { read: [] as string[], list: [] as string[] }
  let list: GrowingList = { loadMore: () => undefined, loadPrevious: () => undefined }
  const mounted = binding.mount(host, {
    kernel,
    first,
    render(part, text) {
      history[part].push(text)
      return text
    },
    onList: (given) => void (list = given),
  })
  const text = (part: string): string | undefined =>
    host.querySelector(`[data-part="${part}"]`)?.textContent?.trim()

  return {
    text,
    texts: (part) => history[part],
    show: (reading) => mounted.show(reading),
    loadMore: () => list.loadMore(),
    loadPrevious: () => list.loadPrevious(),
    shows: (part, wanted) =>
      new Promise((resolve) => {
        const observer = new MutationObserver(() => check())
        const check = (): void => {
          if (text(part) !== wanted) return
          observer.disconnect()
          resolve()
        }
        observer.observe(host, { childList: true, subtree: true, characterData: true })
        check()
      }),
    [Symbol.dispose]() {
      mounted.unmount()
      host.remove()
    },
  }
}
