/** From a Hono context, on any runtime, to the neutral request. */

import type { ProtocolRequest } from '@mizan/protocol'
import type { Context } from 'hono'

/** What the runtime knows and a fetch `Request` does not say. */
export interface ToProtocolRequestOptions {
  /** The peer's address. @default what @hono/node-server's socket says, nothing elsewhere */
  readonly address?: (context: Context) => string | undefined
}

/** Describes the request. */
export function toProtocolRequest(
  context: Context,
  options: ToProtocolRequestOptions = {},
): ProtocolRequest {
  const { raw } = context.req
  const address = (options.address ?? nodeAddress)(context)
  return {
    method: raw.method,
    ...splitUrl(raw.url),
    headers: Object.fromEntries(raw.headers),
    body: raw.bodyUsed ? reread(context) : raw.body && unread(raw.body),
    ...(address === undefined ? {} : { address }),
    signal: raw.signal,
  }
}

/** Path and query as they were sent; `context.req.path` is decoded. */
export function splitUrl(url: string): { path: string; query: string } {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  const mark = url.indexOf('?')
  return mark === -1
    ? { path: url.slice(start), query: '' }
    : { path: url.slice(start, mark), query: url.slice(mark + 1) }
}

/** Leaving the loop early must not cancel the request: the answer, a 413 say, goes out over its connection. */
function unread(body: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  return body.values({ preventCancel: true })
}

/** Hono keeps what a middleware read with `context.req.json()` and the like. */
async function* reread({ req }: Context): AsyncGenerator<Uint8Array> {
  if (Object.keys(req.bodyCache).length === 0) {
    throw new TypeError(
      'The request body was read before Mizan saw it: read it with context.req, or mount Mizan before its reader',
    )
  }
  yield new Uint8Array(await req.arrayBuffer())
}

function nodeAddress({ env }: Context): string | undefined {
  // cast: bindings are the runtime's; node-server puts the IncomingMessage there
  const bindings = env as
    | { readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } } }
    | undefined
  return bindings?.incoming?.socket?.remoteAddress
}
