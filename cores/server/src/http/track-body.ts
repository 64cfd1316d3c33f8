/** A streamed body is in flight until its last chunk is read, or its client has left. */

import type { ProtocolRequest, ProtocolResponse } from '@mizan/protocol'

/**
 * The same response; `track` is given a promise that settles when the body is over.
 *
 * @param request whose signal aborts when nobody reads on
 */
export function trackBody(
  request: ProtocolRequest,
  response: ProtocolResponse,
  track: (over: Promise<void>) => void,
): ProtocolResponse {
  const { body } = response
  if (body === null || typeof body === 'string' || body instanceof Uint8Array) return response
  let finish = (): void => undefined
  track(new Promise<void>((resolve) => (finish = resolve)))
  if (request.signal.aborted) finish()
  else request.signal.addEventListener('abort', finish, { once: true })
  return { ...response, body: { [Symbol.asyncIterator]: () => iterate(body, finish) } }
}

function iterate(
  body: AsyncIterable<Uint8Array>,
  finish: () => void,
): AsyncIterator<Uint8Array, undefined> {
  const chunks = body[Symbol.asyncIterator]()
  return {
    async next() {
      try {
        const next = await chunks.next()
        if (next.done !== true) return next
        finish()
        return { done: true, value: undefined }
      } catch (error) {
        finish()
        throw error
      }
    },
    async return() {
      finish()
      await chunks.return?.()
      return { done: true, value: undefined }
    },
  }
}
