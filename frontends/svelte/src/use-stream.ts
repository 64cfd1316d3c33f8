/** The function of a server function that answers item by item. */

import { onDestroy } from 'svelte'
import { createSubscriber } from 'svelte/reactivity'

import {
  createStream,
  type MizanError,
  type Stream,
  type StreamDescriptor,
  type StreamOptions,
  type StreamState,
} from '@mizan/base'

import { useMizan } from './kernel-provider.ts'

/** What {@link useStream} returns: getters that follow the stream. Do not destructure it. */
export interface StreamResult<Args, Item, Failure extends MizanError = MizanError>
  extends StreamState<Item, Failure>, Pick<Stream<Args, Item, Failure>, 'start' | 'stop'> {}

/** Shows the items of `fn` as they come, after `start(args)`. Leaving the page leaves the stream. */
export function useStream<Args, Item, Failure extends MizanError = MizanError>(
  fn: StreamDescriptor<Args, Item, Failure>,
  options: StreamOptions<Item> = {},
): StreamResult<Args, Item, Failure> {
  const { read, subscribe, start, stop } = createStream(useMizan(), fn, () => options)
  const follow = createSubscriber(subscribe)
  // Also when nothing on the page reads it.
  onDestroy(stop)
  return {
    get items() {
      follow()
      return read().items
    },
    get isStreaming() {
      follow()
      return read().isStreaming
    },
    get error() {
      follow()
      return read().error
    },
    start,
    stop,
  }
}
