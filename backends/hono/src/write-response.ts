/** Makes a web `Response` of a neutral one. */

import type { ProtocolResponse } from '@mizan/protocol'
import type { Context } from 'hono'
import type { StatusCode } from 'hono/utils/http-status'

/** The answer; headers that middleware set on Hono's context before stay, cookies add to theirs. */
export function writeResponse(context: Context, response: ProtocolResponse): Response {
  const { status, body } = response
  const headers = toRecord(context, response.headers)
  if (body === null) {
    if (status !== 204 && status !== 304) headers['content-length'] = '0'
    return toResponse(context, null, { status, headers })
  }
  if (typeof body === 'string') {
    headers['content-length'] = String(byteLength(body))
    return toResponse(context, body, { status, headers })
  }
  if (body instanceof Uint8Array) {
    headers['content-length'] = String(body.byteLength)
    // A copy of bytes, as they may be a view of something larger.
    return toResponse(context, body.slice(), { status, headers })
  }
  const stream = body instanceof ReadableStream ? body : toStream(body)
  return toResponse(context, stream, { status, headers })
}

interface Head {
  readonly status: number
  readonly headers: Record<string, string>
}

type Body = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null

/**
 * With headers in a plain object where the context has none: node-server writes those as they are, while `newResponse` makes
 * a `Headers` of more than one, which costs more than all the rest of an answer.
 */
function toResponse(context: Context, body: Body, { status, headers }: Head): Response {
  // What Hono keeps of headers is private; a response without any of its own shows it.
  const { done } = context.newResponse(null).headers.keys().next()
  // cast: Hono's type lists the status codes, and a protocol status is one of them
  return done === true
    ? new Response(body, { status, headers })
    : context.newResponse(body, status as StatusCode, headers)
}

/** What the context takes at once; cookies it would replace, so they are added. */
function toRecord(context: Context, headers: ProtocolResponse['headers']): Record<string, string> {
  const record: Record<string, string> = {}
  for (const [name, value] of headers) {
    if (name === 'set-cookie') context.header(name, value, { append: true })
    else record[name] = Object.hasOwn(record, name) ? `${record[name]}, ${value}` : value
  }
  return record
}

const encoder = new TextEncoder()
const scratch = new Uint8Array(8_192)

/** Of a text in UTF-8; for a short one no bytes are made that nobody keeps. */
function byteLength(text: string): number {
  return text.length * 3 <= scratch.byteLength
    ? encoder.encodeInto(text, scratch).written
    : encoder.encode(text).byteLength
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
