/** The hook of a function that answers item by item. */

import { useMemo, useSyncExternalStore } from 'react'

import {
  createStream,
  type MizanError,
  type Stream,
  type StreamDescriptor,
  type StreamOptions,
  type StreamState,
} from '@mizan/base'

import { useMizan } from './kernel-provider.ts'
import { useLatest } from './use-latest.ts'

/** What {@link useStream} returns. The functions keep their identity. */
export interface StreamResult<Args, Item, Failure extends MizanError = MizanError>
  extends StreamState<Item, Failure>, Pick<Stream<Args, Item, Failure>, 'start' | 'stop'> {}

/** Shows the items of `fn` as they come, after `start(args)`. Leaving the page leaves the stream. */
export function useStream<Args, Item, Failure extends MizanError = MizanError>(
  fn: StreamDescriptor<Args, Item, Failure>,
  options: StreamOptions<Item> = {},
): StreamResult<Args, Item, Failure> {
  const kernel = useMizan()
  const latest = useLatest(options)
  const stream = useMemo(() => createStream(kernel, fn, latest), [kernel, fn, latest])
  const state = useSyncExternalStore(stream.subscribe, stream.read, stream.read)
  return useMemo(() => {
    const { start, stop } = stream
    return { ...state, start, stop }
  }, [stream, state])
}
