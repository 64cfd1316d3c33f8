/** A list that grows, also in both directions: each page is an instance of its own, found by what the page beside it says. */

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
  /** Likewise of the page before `first`. @default the list begins where it began */
  readonly previous?:
    | ((first: Data, pages: readonly Data[]) => Partial<Params> | undefined)
    | undefined
}

/** A frozen snapshot of the pages that are shown. */
export interface InfiniteState<Data, Failure extends MizanError = MizanError> {
  /** In order, as far as they have come. */
  readonly pages: readonly Data[]
  /** Of the page that the list began with. */
  readonly status: ContextStatus
  /** Of the first page that failed. */
  readonly error: Failure | undefined
  /** One of the pages is asked for again. */
  readonly isStale: boolean
  /** There is a page after the last one. */
  readonly hasMore: boolean
  /** The page after the last one is on its way. */
  readonly isLoadingMore: boolean
  /** There is a page before the first one. */
  readonly hasPrevious: boolean
  /** The page before the first one is on its way. */
  readonly isLoadingPrevious: boolean
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
  /** The same at the other end. */
  loadPrevious(): void
  /** Asks for all pages anew. Settles when they are shown; never rejects. */
  refetch(): Promise<void>
}

/** Makes a list of the pages of `context`; it begins with one. */
export function createInfinite<Params, Data, Failure extends MizanError>(
  kernel: Kernel,
  context: ContextDescriptor<Params, Data, Failure>,
  { first, next, previous }: InfiniteOptions<Params, Data>,
): Infinite<Data, Failure> {
  const listeners = new Set<() => void>()
  const mounted = new Map<string, () => void>()
  let after = 1
  let before = 0
  let last: InfiniteState<Data, Failure> | undefined

  interface Chain {
    readonly pages: readonly Page[]
    readonly hasMore: boolean
  }

  interface Page {
    readonly observation: Observation<Data, Failure>
    readonly state: ContextState<Data, Failure>
  }

  /** The pages from one on as far as they are known, and the one that is to come; none that is among `keys`, which it adds to. */
  function walk(
    from: Params | undefined,
    onward: (edge: Data, walked: readonly Page[]) => Partial<Params> | undefined,
    { wanted, keys }: { readonly wanted: number; readonly keys: Set<string> },
  ): Chain {
    const pages: Page[] = []
    for (let params = from; params !== undefined;) {
      const observation = observeContext(kernel, context, params)
      // A page that leads back to another is the end.
      if (keys.has(observation.key)) break
      if (pages.length === wanted) return { pages, hasMore: true }
      keys.add(observation.key)
      const state = observation.read()
      pages.push({ observation, state })
      if (state.data === undefined) return { pages, hasMore: false }
      params = complete(onward(state.data, pages))
    }
    return { pages, hasMore: false }
  }

  /** Both ways from the first page; the pages before it come in the order in which they are found. */
  function follow(): { readonly forth: Chain; readonly back: Chain } {
    const keys = new Set<string>()
    const forth = walk(first, (edge, pages) => next(edge, dataOf(pages)), { wanted: after, keys })
    const start = forth.pages[0]?.state.data
    const from = start && complete(previous?.(start, dataOf(forth.pages)))
    const back = walk(
      from,
      (edge, pages) => previous?.(edge, dataOf([...pages.toReversed(), ...forth.pages])),
      { wanted: before, keys },
    )
    return { forth, back }
  }

  function pagesOf({ forth, back }: ReturnType<typeof follow>): readonly Page[] {
    return [...back.pages.toReversed(), ...forth.pages]
  }

  function dataOf(pages: readonly Page[]): Data[] {
    return pages.flatMap(({ state }) => (state.data === undefined ? [] : [state.data]))
  }

  function complete(given: Partial<Params> | undefined): Params | undefined {
    // cast: the first page's, of which some are replaced.
    return given && ({ ...first, ...given } as Params)
  }

  function mount(): void {
    const wanted = new Map(
      pagesOf(follow()).map(({ observation }) => [observation.key, observation]),
    )
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
    const { forth, back } = follow()
    const pages = pagesOf({ forth, back })
    const shown = dataOf(pages)
    const isSame =
      last?.pages.length === shown.length && shown.every((page, at) => page === last?.pages[at])
    const state: InfiniteState<Data, Failure> = Object.freeze({
      pages: isSame && last ? last.pages : Object.freeze(shown),
      status: forth.pages[0]?.state.status ?? 'idle',
      error: pages.find((page) => page.state.error)?.state.error,
      isStale: pages.some((page) => page.state.isStale),
      hasMore: forth.hasMore,
      isLoadingMore: shown.length > 0 && forth.pages.at(-1)?.state.status === 'loading',
      hasPrevious: back.hasMore,
      isLoadingPrevious: back.pages.at(-1)?.state.status === 'loading',
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
      if (!follow().forth.hasMore) return
      after++
      onChange()
    },
    loadPrevious() {
      if (!follow().back.hasMore) return
      before++
      onChange()
    },
    async refetch() {
      await Promise.all(pagesOf(follow()).map(({ observation }) => observation.refetch()))
    },
  }
}
