/** Makes a web `Response` of a neutral one. */

import type { ProtocolResponse } from '@mizan/protocol'
import type { Context } from 'hono'

const encoder = new TextEncoder()

/** The answer through Hono's context; headers that middleware set before stay, cookies add to theirs. */
export function writeResponse(context: Context, response: ProtocolResponse): Response {
  const headers = new Headers()
  for (const [name, value] of response.headers) headers.append(name, value)
  // cast: Hono's type lists the status codes, and a protocol status is one of them
  const init = { status: response.status, headers } as Parameters<Context['newResponse']>[1]
  const { body } = response
  if (body === null) {
    if (response.status !== 204 && response.status !== 304) headers.set('content-length', '0')
    return context.newResponse(null, init)
  }
  if (typeof body === 'string' || body instanceof Uint8Array) {
    // A copy of bytes, as they may be a view of something larger.
    const bytes = typeof body === 'string' ? encoder.encode(body) : body.slice()
    headers.set('content-length', String(bytes.byteLength))
    return context.newResponse(bytes, init)
  }
  return context.newResponse(body instanceof ReadableStream ? body : toStream(body), init)
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
