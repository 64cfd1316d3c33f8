/** Functions that answer item by item: NDJSON in, an async iterable out. */

import type { MizanError } from '@mizan/protocol'

import type { CallOptions } from './call.ts'
import type { Given, StreamDescriptor } from './descriptors.ts'
import { openStream } from './open-stream.ts'

/**
 * Calls `fn` when the first item is asked for. The server is read as fast as items are taken; leaving the loop ends the
 * request. To be iterated once.
 *
 * @throws MizanError while iterating: the server's, before the first item or after any; `UNAVAILABLE` when the answer was cut
 * short or nobody answered. The signal's reason when that aborts.
 */
export function callStream<Args, Item, Failure extends MizanError>(
  fn: StreamDescriptor<Args, Item, Failure>,
  args: Given<Args>,
  options: CallOptions = {},
): AsyncIterableIterator<Item, undefined> {
  const stream = openStream(fn, args, options)
  let items: readonly Item[] = []
  let taken = 0

  async function take(): Promise<IteratorResult<Item, undefined>> {
    if (taken === items.length) {
      items = (await stream.next()) ?? []
      taken = 0
      if (items.length === 0) return { done: true, value: undefined }
    }
    // cast: there is an item that was not taken.
    return { done: false, value: items[taken++] as Item }
  }

  let last: Promise<unknown> = Promise.resolve()
  return {
    next() {
      // Who asks for several items at once gets them in their order.
      const result = last.then(take)
      last = result.catch(() => undefined)
      return result
    },
    async return() {
      items = []
      taken = 0
      stream.leave()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
