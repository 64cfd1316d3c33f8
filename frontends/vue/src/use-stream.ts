/** The composable of a function that answers item by item. */

import { computed, type ComputedRef, onScopeDispose, shallowRef } from 'vue'

import {
  createStream,
  type MizanError,
  type Stream,
  type StreamDescriptor,
  type StreamOptions,
  type StreamState,
} from '@mizan/base'

import { useMizan } from './kernel-provider.ts'

/** What {@link useStream} returns. */
export type StreamResult<Args, Item, Failure extends MizanError = MizanError> = {
  readonly [Field in keyof StreamState<Item>]: ComputedRef<StreamState<Item, Failure>[Field]>
} & Pick<Stream<Args, Item, Failure>, 'start' | 'stop'>

/** Shows the items of `fn` as they come, after `start(args)`. Leaving the page leaves the stream. */
export function useStream<Args, Item, Failure extends MizanError = MizanError>(
  fn: StreamDescriptor<Args, Item, Failure>,
  options: StreamOptions<Item> = {},
): StreamResult<Args, Item, Failure> {
  const { read, subscribe, start, stop } = createStream(useMizan(), fn, () => options)
  const state = shallowRef(read())
  onScopeDispose(subscribe(() => (state.value = read())))
  return {
    items: computed(() => state.value.items),
    isStreaming: computed(() => state.value.isStreaming),
    error: computed(() => state.value.error),
    start,
    stop,
  }
}
