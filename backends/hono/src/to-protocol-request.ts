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
    // Some runtimes keep the host in the URL alone.
    headers: { host: new URL(raw.url).host, ...Object.fromEntries(raw.headers) },
    body: raw.method === 'GET' || raw.method === 'HEAD' ? null : bodyOf(context),
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

/** Nothing is touched before somebody asks: node-server can then discard an unread body by itself. */
async function* bodyOf({ req }: Context): AsyncGenerator<Uint8Array> {
  if (!req.raw.bodyUsed) {
    if (req.raw.body !== null) yield* unread(req.raw.body)
    return
  }
  // Hono keeps what a middleware read with `context.req.json()` and the like.
  if (Object.keys(req.bodyCache).length === 0) {
    throw new TypeError(
      'The request body was read before Mizan saw it: read it with context.req, or mount Mizan before its reader',
    )
  }
  yield new Uint8Array(await req.arrayBuffer())
}

/**
 * Leaving the loop early must not cancel the request: the answer, a 413 say, goes out over its connection. What nobody
 * wants is read and thrown away, as a connection with unread bytes in it could not be used again.
 */
async function* unread(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isRead = false
  try {
    yield* body.values({ preventCancel: true })
    isRead = true
  } finally {
    // The client may leave meanwhile; nobody waits for the rest.
    if (!isRead) body.pipeTo(new WritableStream()).catch(() => {})
  }
}

function nodeAddress({ env }: Context): string | undefined {
  // cast: bindings are the runtime's; node-server puts the IncomingMessage there
  const bindings = env as
    | { readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } } }
    | undefined
  return bindings?.incoming?.socket?.remoteAddress
}
