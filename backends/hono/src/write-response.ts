/** Makes a web `Response` of a neutral one. */

import type { ProtocolResponse } from '@mizan/protocol'
import type { Context } from 'hono'

/** The answer through Hono's context; headers that middleware set before stay, cookies add to theirs. */
export function writeResponse(context: Context, response: ProtocolResponse): Response {
  const headers = new Headers()
  for (const [name, value] of response.headers) headers.append(name, value)
  // cast: Hono's type lists the status codes, and a protocol status is one of them
  const init = { status: response.status, headers } as Parameters<Context['newResponse']>[1]
  const { body } = response
  if (response.status === 204 || response.status === 304) return context.newResponse(null, init)
  if (body !== null && typeof body !== 'string' && !(body instanceof Uint8Array)) {
    return context.newResponse(body instanceof ReadableStream ? body : toStream(body), init)
  }
  const bytes =
    typeof body === 'string' ? new TextEncoder().encode(body) : (body ?? new Uint8Array())
  headers.set('content-length', String(bytes.byteLength))
  // A copy only where the bytes are a view of something larger: newResponse takes whole buffers.
  return context.newResponse(bytes.slice().buffer, init)
}

/** A stream that takes the next chunk when the client has room for it. */
function toStream(chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]()
  return new ReadableStream({
    async pull(controller) {
      const next = await iterator.next()
      if (next.done === true) controller.close()
      else controller.enqueue(next.value)
    },
    async cancel() {
      await iterator.return?.()
    },
  })
}
