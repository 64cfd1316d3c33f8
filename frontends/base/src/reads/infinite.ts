/** A list that grows: each page is an instance of its own, found by what the page before it says. */

import type { MizanError } from '@mizan/protocol'

import { toAddress } from '../address.ts'
import { type ContextState, type ContextStatus } from '../context-state.ts'
import type { ContextDescriptor } from '../descriptors.ts'
import type { Kernel } from '../kernel.ts'
import { observeContext, type Observation } from '../observe.ts'

/** Which pages there are. */
export interface InfiniteOptions<Params, Data> {
  /** Without them, nothing is mounted or asked for. */
  readonly first: Params | undefined
  /** Params of the page after `last`, as far as they are others than the first page's; `undefined` at the end. */
  readonly next: (last: Data, pages: readonly Data[]) => Partial<Params> | undefined
}

/** A frozen snapshot of the pages that are shown. */
export interface InfiniteState<Data, Failure extends MizanError = MizanError> {
  /** In order, up to the first that has not come. */
  readonly pages: readonly Data[]
  /** Of the first page. */
  readonly status: ContextStatus
  /** Of the first page that failed. */
  readonly error: Failure | undefined
  /** One of the pages is asked for again. */
  readonly isStale: boolean
  /** There is a page after the last one. */
  readonly hasMore: boolean
  /** The page after the last one is on its way. */
  readonly isLoadingMore: boolean
}

/** One hook's list. */
export interface Infinite<Data, Failure extends MizanError = MizanError> {
  /** Equal for equal contexts and first params. */
  readonly key: string
  /** Keeps its identity until it changes. */
  read(): InfiniteState<Data, Failure>
  /** Mounts all pages: each follows what concerns it, and only that. */
  subscribe(listener: () => void): () => void
  /** Shows one page more, once the last one is there; does nothing at the end. */
  loadMore(): void
  /** Asks for all pages anew. Settles when they are shown; never rejects. */
  refetch(): Promise<void>
}

/** Makes a list of the pages of `context`; it begins with one. */
export function createInfinite<Params, Data, Failure extends MizanError>(
  kernel: Kernel,
  context: ContextDescriptor<Params, Data, Failure>,
  { first, next }: InfiniteOptions<Params, Data>,
): Infinite<Data, Failure> {
  const listeners = new Set<() => void>()
  const mounted = new Map<string, () => void>()
  let count = 1
  let last: InfiniteState<Data, Failure> | undefined

  interface Chain {
    readonly pages: readonly Page[]
    readonly hasMore: boolean
  }

  interface Page {
    readonly observation: Observation<Data, Failure>
    readonly state: ContextState<Data, Failure>
  }

  /** The pages as far as they are known, and the one that is to come. */
  function follow(): Chain {
    const pages: Page[] = []
    const keys = new Set<string>()
    for (let params: Params | undefined = first; params !== undefined;) {
      const observation = observeContext(kernel, context, params)
      // A page that leads back to one before it is the end.
      if (keys.has(observation.key)) break
      if (pages.length === count) return { pages, hasMore: true }
      keys.add(observation.key)
      const state = observation.read()
      pages.push({ observation, state })
      const { data } = state
      if (data === undefined) return { pages, hasMore: false }
      const following = next(
        data,
        pages.flatMap((page) => page.state.data ?? []),
      )
      // cast: the first page's, of which some are replaced.
      params = following && ({ ...first, ...following } as Params)
    }
    return { pages, hasMore: false }
  }

  function mount(): void {
    const { pages } = follow()
    const wanted = new Map(pages.map(({ observation }) => [observation.key, observation]))
    for (const [key, observation] of wanted) {
      if (!mounted.has(key)) mounted.set(key, observation.subscribe(onChange))
    }
    for (const [key, leave] of mounted) {
      if (wanted.has(key)) continue
      mounted.delete(key)
      leave()
    }
  }

  function onChange(): void {
    if (listeners.size > 0) mount()
    for (const listener of [...listeners]) listener()
  }

  function read(): InfiniteState<Data, Failure> {
    const { pages, hasMore } = follow()
    const shown = pages.flatMap(({ state }) => (state.data === undefined ? [] : [state.data]))
    const isSame =
      last?.pages.length === shown.length && shown.every((page, at) => page === last?.pages[at])
    const state: InfiniteState<Data, Failure> = Object.freeze({
      pages: isSame && last ? last.pages : Object.freeze(shown),
      status: pages[0]?.state.status ?? 'idle',
      error: pages.find((page) => page.state.error)?.state.error,
      isStale: pages.some((page) => page.state.isStale),
      hasMore,
      isLoadingMore: shown.length > 0 && pages.at(-1)?.state.status === 'loading',
    })
    // cast: the properties of what was just made.
    const fields = Object.keys(state) as (keyof typeof state)[]
    if (!last || fields.some((field) => last?.[field] !== state[field])) last = state
    return last
  }

  return {
    key: first === undefined ? '' : toAddress(context, first).key,
    read,
    subscribe(listener) {
      const entry = (): void => listener()
      listeners.add(entry)
      mount()
      return () => {
        listeners.delete(entry)
        if (listeners.size > 0) return
        for (const leave of mounted.values()) leave()
        mounted.clear()
      }
    },
    loadMore() {
      if (!follow().hasMore) return
      count++
      onChange()
    },
    async refetch() {
      await Promise.all(follow().pages.map(({ observation }) => observation.refetch()))
    },
  }
}
