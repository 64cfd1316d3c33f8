/** What every binding must do, run by each of them with its own components on one page. */

import type { Kernel, KernelOptions } from '@mizan/base'
import { describe, expect, it } from 'vitest'

import { addComment, globalContext, renameUser, taskContext, updateTask } from './board-client.ts'
import { boardServer } from './board-server.ts'

/**
 * The parts of the page. `title` and `comments` are hooks of members below a provider of the task; `bundle` is the hook of the
 * whole context there; `german` stands below a second provider that adds `locale: 'de'`; `six` is given `taskId: 6` as a
 * new object at each render; `user` is a member of the global context, without a provider; `pending` and `error` are
 * the state of the mutation `updateTask`. All but the last two show `status value`.
 */
export type Part = 'user' | 'title' | 'comments' | 'bundle' | 'german' | 'six' | 'pending' | 'error'

/** What the page is given. */
export interface PageProps {
  readonly kernel: Kernel
  /** The task of the outer provider; without one, the page shows only `user`. */
  readonly taskId: number | undefined
  /** Called with what a part shows, each time it renders; returns it. */
  readonly render: (part: Part, text: string) => string
  /** Receives the page's mutation `updateTask`. */
  readonly onMutation: (mutation: PageMutation) => void
}

/** The functions of the page's mutation. */
export interface PageMutation {
  mutate(args: { taskId: number; title?: string }): void
  mutateAsync(args: { taskId: number; title?: string }): Promise<void>
  reset(): void
}

/** A page that is mounted. */
export interface MountedPage {
  show(taskId: number | undefined): void
  unmount(): void
}

/** One binding, ready to be tested. */
export interface BindingUnderTest {
  /** From the same bundle as the page: what one copy of a class throws is not an instance of another. */
  readonly createKernel: (options?: KernelOptions) => Kernel
  /** Mounts the page; each part is an element with its name as `data-part`. */
  mount(host: HTMLElement, props: PageProps): MountedPage
  /** The page as HTML, as a server makes it. */
  renderToString(props: PageProps): Promise<string>
  /** Renders the hook of `title` below a kernel but below no provider. Throws what it throws. */
  renderWithoutProvider(kernel: Kernel): unknown
  /** Renders the hook of `user` below no kernel. Throws what it throws. */
  renderWithoutKernel(): unknown
  /** How the binding writes the provider of `taskId`, for messages. */
  readonly provider: string
}

/** Runs the list against one binding. */
export function describeBinding(name: string, binding: BindingUnderTest): void {
  const { createKernel } = binding

  describe(name, () => {
    it('loads what it shows, once for all hooks of an instance', async () => {
      await using server = await boardServer()
      using page = openPage(binding, createKernel({ origin: server.origin }))
      await page.settled()
      expect(server.log.toSorted()).toEqual([
        'GET global',
        'GET task?locale=de&task_id=5',
        'GET task?task_id=5',
        'GET task?task_id=6',
      ])
    })

    it('takes params from the nearest provider, then from those further out, unless it is given them', async () => {
      await using server = await boardServer()
      using page = openPage(binding, createKernel({ origin: server.origin }))
      await page.settled()
      expect(page.texts()).toEqual({
        user: 'success Ada',
        title: 'success Task 5',
        comments: 'success First',
        bundle: 'success Task 5: First',
        german: 'success Task 5 (de)',
        six: 'success Task 6',
        pending: 'no',
        error: 'none',
      })
    })

    it('shows loading first, never idle', async () => {
      await using server = await boardServer()
      const hold = server.hold('GET task?task_id=5')
      using page = openPage(binding, createKernel({ origin: server.origin }))
      await hold.arrived
      expect(page.first('title')).toBe('loading undefined')
      expect(page.text('title')).toBe('loading undefined')
      hold.release()
      await page.shows('title', 'success Task 5')
    })

    it('a mutation is one POST, then only the contexts that it reaches are fetched', async () => {
      await using server = await boardServer()
      using page = openPage(binding, createKernel({ origin: server.origin }))
      await page.settled()
      server.log.length = 0
      await page.mutation().mutateAsync({ taskId: 5, title: 'Changed' })
      await page.shows('title', 'success Changed')
      await page.shows('german', 'success Changed (de)')
      expect(server.log[0]).toBe('POST update_task')
      expect(server.log.slice(1).toSorted()).toEqual([
        'GET task?locale=de&task_id=5',
        'GET task?task_id=5',
      ])
    })

    it('a member does not render for another member, nor anything for an instance that was not reached', async () => {
      await using server = await boardServer()
      const kernel = createKernel({ origin: server.origin })
      using page = openPage(binding, kernel)
      await page.settled()
      const before = page.renders()
      await kernel.call(updateTask, { taskId: 5, title: 'Changed' })
      await page.shows('title', 'success Changed')
      await kernel.call(addComment, { taskId: 5, text: 'Second' })
      await page.shows('comments', 'success First,Second')
      await page.shows('bundle', 'success Changed: First,Second')
      const after = page.renders()
      expect(after.title - before.title).toBe(1)
      expect(after.comments - before.comments).toBe(1)
      expect(after.bundle - before.bundle).toBe(2)
      expect(after.six).toBe(before.six)
      expect(after.user).toBe(before.user)
    })

    it('nothing renders for an answer without changes', async () => {
      await using server = await boardServer()
      const kernel = createKernel({ origin: server.origin })
      using page = openPage(binding, kernel)
      await page.settled()
      const before = page.renders()
      await kernel.refetch(taskContext, { taskId: 5 })
      await kernel.refetch(taskContext, { taskId: 6 })
      // A change that is seen, after which whatever else was to render has rendered.
      await kernel.call(renameUser, { name: 'Bea' })
      await page.shows('user', 'success Bea')
      expect(page.renders()).toEqual({ ...before, user: before.user + 1 })
    })

    it('another param shows the other instance, and the one that was left is asked for no more', async () => {
      await using server = await boardServer()
      const kernel = createKernel({ origin: server.origin })
      using page = openPage(binding, kernel)
      await page.settled()
      page.show(6)
      await page.shows('title', 'success Task 6')
      await page.shows('german', 'success Task 6 (de)')
      server.log.length = 0
      await kernel.call(updateTask, { taskId: 5, title: 'Changed' })
      await kernel.call(updateTask, { taskId: 6, title: 'Changed' })
      await page.shows('title', 'success Changed')
      expect(server.log).not.toContain('GET task?task_id=5')
      expect(server.log.filter((line) => line === 'GET task?task_id=6')).toHaveLength(1)
    })

    it('what is no longer on the page is asked for no more', async () => {
      await using server = await boardServer()
      const kernel = createKernel({ origin: server.origin })
      using page = openPage(binding, kernel)
      await page.settled()
      page.show(undefined)
      await page.gone('title')
      await leftBy(kernel)
      server.log.length = 0
      kernel.invalidate(['task'])
      await kernel.call(renameUser, { name: null })
      await page.shows('user', 'success nobody')
      expect(server.log).toEqual(['POST rename_user', 'GET global'])
    })

    it('a failed read is shown beside the data of before', async () => {
      await using server = await boardServer()
      const kernel = createKernel({ origin: server.origin })
      using page = openPage(binding, kernel)
      await page.settled()
      server.answer('GET task?task_id=5', 503, '')
      await kernel.refetch(taskContext, { taskId: 5 }).catch(() => undefined)
      await page.shows('title', 'error Task 5')
      expect(page.text('bundle')).toBe('error Task 5: First')
      expect(page.text('six')).toBe('success Task 6')
    })

    it('a mutation is pending until the last of its overlapping calls is answered', async () => {
      await using server = await boardServer()
      using page = openPage(binding, createKernel({ origin: server.origin }))
      await page.settled()
      const first = server.hold('POST update_task')
      const one = page.mutation().mutateAsync({ taskId: 5 })
      await first.arrived
      await page.shows('pending', 'yes')
      await page.mutation().mutateAsync({ taskId: 6 })
      expect(page.text('pending')).toBe('yes')
      first.release()
      await one
      await page.shows('pending', 'no')
    })

    it('a mutation shows its error until it is reset, and does not reject when nobody awaits it', async () => {
      await using server = await boardServer()
      using page = openPage(binding, createKernel({ origin: server.origin }))
      await page.settled()
      expect(page.mutation().mutate({ taskId: 5, title: '' })).toBeUndefined()
      await page.shows('error', 'VALIDATION_FAILED')
      page.mutation().reset()
      await page.shows('error', 'none')
    })

    it('a mutation whose page is gone ends in peace', async () => {
      await using server = await boardServer()
      using page = openPage(binding, createKernel({ origin: server.origin }))
      await page.settled()
      const hold = server.hold('POST update_task')
      const called = page.mutation().mutateAsync({ taskId: 5, title: '' })
      await hold.arrived
      page.show(undefined)
      await page.gone('title')
      hold.release()
      await expect(called).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
    })

    it('a missing param throws, naming the provider', () => {
      const message = `task: taskId is required: give it to the hook, or provide it with ${binding.provider}`
      expect(() => binding.renderWithoutProvider(createKernel())).toThrow(message)
    })

    it('a missing kernel throws, saying how to give one', () => {
      expect(() => binding.renderWithoutKernel()).toThrow(/^There is no kernel here: /)
    })

    it('a server renders what was loaded and fetches nothing itself', async () => {
      await using server = await boardServer()
      const kernel = createKernel({ origin: server.origin })
      await kernel.load(taskContext, { taskId: 5 })
      const html = await binding.renderToString(propsFor(kernel))
      expect(html).toContain('success Task 5: First')
      expect(html).toContain('loading undefined')
      expect(server.log).toEqual(['GET task?task_id=5'])
    })

    it('a page made of the state of a server shows it at once and does not ask again', async () => {
      await using server = await boardServer()
      const rendering = createKernel({ origin: server.origin })
      await rendering.load(taskContext, { taskId: 5 })
      await rendering.load(globalContext, {})
      server.log.length = 0
      const state = JSON.parse(JSON.stringify(rendering.dehydrate()))
      using page = openPage(binding, createKernel({ origin: server.origin, state }))
      await page.settled()
      expect(page.first('title')).toBe('success Task 5')
      expect(page.first('user')).toBe('success Ada')
      expect(server.log.toSorted()).toEqual(['GET task?locale=de&task_id=5', 'GET task?task_id=6'])
    })
  })
}

/** A page on screen, and the ways to look at it. */
interface OpenPage extends Disposable {
  show(taskId: number | undefined): void
  mutation(): PageMutation
  text(part: Part): string | undefined
  texts(): Record<string, string>
  /** What a part showed when it rendered first. */
  first(part: Part): string | undefined
  /** How often each part rendered. */
  renders(): Record<Part, number>
  /** Resolves as soon as a part shows `text`. */
  shows(part: Part, text: string): Promise<void>
  gone(part: Part): Promise<void>
  /** Resolves when no part is loading. */
  settled(): Promise<void>
}

function propsFor(kernel: Kernel): PageProps {
  return { kernel, taskId: 5, render: (_, text) => text, onMutation: () => {} }
}

function openPage(binding: BindingUnderTest, kernel: Kernel): OpenPage {
  const host = document.body.appendChild(document.createElement('div'))
  const history = new Map<Part, string[]>()
  let mutation: PageMutation | undefined
  const mounted = binding.mount(host, {
    ...propsFor(kernel),
    render(part, text) {
      history.set(part, [...(history.get(part) ?? []), text])
      return text
    },
    onMutation(given) {
      mutation = given
    },
  })

  function texts(): Record<string, string> {
    const parts = [...host.querySelectorAll<HTMLElement>('[data-part]')]
    return Object.fromEntries(
      parts.map((part) => [part.dataset['part'] ?? '', part.textContent?.trim() ?? '']),
    )
  }

  function until(isMet: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const observer = new MutationObserver(() => check())
      const check = (): void => {
        if (!isMet()) return
        observer.disconnect()
        resolve()
      }
      observer.observe(host, { childList: true, subtree: true, characterData: true })
      check()
    })
  }

  return {
    texts,
    text: (part) => texts()[part],
    first: (part) => history.get(part)?.[0],
    renders: () =>
      Object.fromEntries([...history].map(([part, { length }]) => [part, length])) as Record<
        Part,
        number
      >,
    show: (taskId) => mounted.show(taskId),
    mutation() {
      if (!mutation) throw new Error('The page has not given its mutation')
      return mutation
    },
    shows: (part, text) => until(() => texts()[part] === text),
    gone: (part) => until(() => texts()[part] === undefined),
    settled: () =>
      until(() => {
        const shown = Object.values(texts())
        return shown.length === 8 && !shown.some((text) => text.startsWith('loading'))
      }),
    [Symbol.dispose]() {
      mounted.unmount()
      host.remove()
    },
  }
}

/** Resolves when the page has left task 5: frameworks tidy up after they have changed the document. */
async function leftBy(kernel: Kernel): Promise<void> {
  while (!kernel.read(taskContext, { taskId: 5 }).isStale) {
    await new Promise((resolve) => setImmediate(resolve))
  }
}
