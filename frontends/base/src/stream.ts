/** A streaming function that a page starts, stops, and shows the items of. */

import type { MizanError } from '@mizan/protocol'

import type { Arguments, StreamDescriptor } from './descriptors.ts'
import type { Kernel } from './kernel.ts'
import { type OpenStream, openStream } from './open-stream.ts'
import { toMizanError } from './to-mizan-error.ts'

/** A frozen snapshot of a stream. */
export interface StreamState<Item, Failure extends MizanError = MizanError> {
  /** What arrived since the start, in order. */
  readonly items: readonly Item[]
  readonly isStreaming: boolean
  /** Why it ended; undefined while it runs, and after a good end. */
  readonly error: Failure | undefined
}

/** How a stream is shown. */
export interface StreamOptions<Item> {
  /** How many of the newest items stay in `items`. @default all of them */
  readonly keep?: number
  /** Called with each item, also those that `keep` lets go. */
  readonly onItem?: (item: Item) => void
}

/** One hook's use of one streaming function. */
export interface Stream<Args, Item, Failure extends MizanError = MizanError> {
  /** Keeps its identity until it changes. */
  read(): StreamState<Item, Failure>
  /** When the last one leaves, the stream is left too. */
  subscribe(listener: () => void): () => void
  /** Calls the function; a stream that runs is left, its items are forgotten. */
  start(...args: Arguments<Args>): void
  /** Leaves the stream that runs; its items stay. */
  stop(): void
}

/** Makes the items of `fn` observable; `options` are read at each item. */
export function createStream<Args, Item, Failure extends MizanError = MizanError>(
  kernel: Kernel,
  fn: StreamDescriptor<Args, Item, Failure>,
  options: () => StreamOptions<Item> = () => ({}),
): Stream<Args, Item, Failure> {
  const listeners = new Set<() => void>()
  let state: StreamState<Item, Failure> = idle
  let current: OpenStream<Item> | undefined

  function set(next: StreamState<Item, Failure>): void {
    state = Object.freeze(next)
    for (const listener of [...listeners]) listener()
  }

  /** One change for all that arrived together: a page does not render for each of a thousand items. */
  async function follow(stream: OpenStream<Item>): Promise<void> {
    let error: Failure | undefined
    try {
      for (let batch = await stream.next(); batch; batch = await stream.next()) {
        const { keep = Number.POSITIVE_INFINITY, onItem } = options()
        const items = [...state.items, ...batch]
        set({ ...state, items: items.slice(Math.max(0, items.length - keep)) })
        if (onItem) batch.forEach((item) => onItem(item))
      }
    } catch (cause) {
      // cast: what the function declares, or an error of ours.
      error = toMizanError(cause) as Failure
    }
    if (current !== stream) return
    current = undefined
    set({ ...state, isStreaming: false, error })
  }

  function stop(): void {
    if (!current) return
    current.leave()
    current = undefined
    set({ ...state, isStreaming: false })
  }

  return {
    read: () => state,
    subscribe(listener) {
      const entry = (): void => listener()
      listeners.add(entry)
      return () => {
        listeners.delete(entry)
        // Later, because frameworks leave and come back within one task.
        queueMicrotask(() => listeners.size > 0 || stop())
      }
    },
    start(...[args]) {
      current?.leave()
      // cast: the argument list is empty only when nothing is required.
      current = openStream(fn, args as Args, { kernel })
      set({ items: [], isStreaming: true, error: undefined })
      void follow(current)
    },
    stop,
  }
}

const idle: StreamState<never, never> = Object.freeze({
  items: Object.freeze([]),
  isStreaming: false,
  error: undefined,
})
