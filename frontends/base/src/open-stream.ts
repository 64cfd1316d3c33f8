/** The answer of one streaming call, read as it arrives. */

import { MizanError, type StreamLine } from '@mizan/protocol'

import { call, type CallOptions } from './call.ts'
import type { CallDescriptor, Given, StreamDescriptor } from './descriptors.ts'
import type { KernelRequest } from './transport.ts'

/** A stream on its way. */
export interface OpenStream<Item> {
  /**
   * At least one item: all that has arrived; `undefined` at the end, and to who has left. One at a time. The first call makes
   * the request.
   *
   * @throws MizanError as {@link callStream}; after it, the stream is over.
   */
  next(): Promise<readonly Item[] | undefined>
  /** Ends the request, also while `next` is on its way. */
  leave(): void
}

/** Makes a stream; nothing is asked before its first `next`. */
export function openStream<Args, Item, Failure extends MizanError>(
  fn: StreamDescriptor<Args, Item, Failure>,
  args: Given<Args>,
  { kernel, signal }: CallOptions,
): OpenStream<Item> {
  const leaving = new AbortController()
  const either = signal ? AbortSignal.any([signal, leaving.signal]) : leaving.signal
  const batches = readBatches(fn, args, { kernel, signal: either })
  return {
    async next() {
      try {
        const { value } = await batches.next()
        return leaving.signal.aborted ? undefined : (value ?? undefined)
      } catch (error) {
        if (leaving.signal.aborted) return undefined
        throw error
      }
    },
    leave() {
      leaving.abort()
      // A generator that waits ends by itself, because what it waits for was aborted.
      void batches.return(undefined).catch(() => undefined)
    },
  }
}

async function* readBatches<Args, Item, Failure extends MizanError>(
  fn: StreamDescriptor<Args, Item, Failure>,
  args: Given<Args>,
  options: CallOptions,
): AsyncGenerator<readonly Item[], undefined> {
  const body = await call(toBodyDescriptor(fn), args, options)
  for await (const lines of readLines(fn.name, body, options.signal)) {
    const items: Item[] = []
    for (const line of lines) {
      // cast: without a decode the declared type is plain JSON.
      if ('item' in line) items.push(fn.decode ? fn.decode(line.item) : (line.item as Item))
      else {
        if (items.length > 0) yield items
        const { invalidate = [], changed, exact } = line
        if (invalidate[0] || changed)
          options.kernel?.invalidate(invalidate, { from: fn.name, changed, exact })
        if ('end' in line) return
        const { code, message, ...rest } = line.error
        const error = new MizanError(code, message, rest)
        throw fn.failed ? fn.failed(error) : error
      }
    }
    if (items.length > 0) yield items
  }
  throw new MizanError('UNAVAILABLE', `${fn.name}: the answer was cut short`)
}

/** The same function, with the bytes of its answer as the result. */
function toBodyDescriptor<Args, Failure extends MizanError>(
  fn: StreamDescriptor<Args, unknown, Failure>,
): CallDescriptor<Args, ReadableStream<Uint8Array> | null, Failure> {
  const read: KernelRequest['read'] = ({ status, body }) => ({ status, body: { result: body } })
  return {
    ...fn,
    decode: undefined,
    adapt: (request, args) => ({ ...(fn.adapt ? fn.adapt(request, args) : request), read }),
  }
}

/** What has arrived, as whole lines; ends where the body does. */
async function* readLines(
  name: string,
  body: ReadableStream<Uint8Array> | null,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly StreamLine[]> {
  const reader = body?.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for (;;) {
      const chunk = await reader?.read()
      if (!chunk || chunk.done) return
      const lines = (rest + decoder.decode(chunk.value, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      // cast: the protocol's lines; what is none of them ends the stream below.
      yield lines.filter(Boolean).map((line) => JSON.parse(line) as StreamLine)
    }
  } catch (cause) {
    signal?.throwIfAborted()
    throw new MizanError('UNAVAILABLE', `${name}: the answer was cut short`, { cause })
  } finally {
    await reader?.cancel().catch(() => undefined)
  }
}
