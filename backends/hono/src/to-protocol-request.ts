/** From a Hono context, on any runtime, to the neutral request. */

import type { ProtocolBody, ProtocolRequest } from '@mizan/protocol'
import type { Context, HonoRequest } from 'hono'
import { toHeaderRecord } from './to-header-record.ts'

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
  return new ContextRequest(context, options)
}

/** Made for every request: what few ask for is worked out when they do. */
class ContextRequest implements ProtocolRequest {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: ProtocolRequest['headers']
  readonly body: ProtocolBody | null
  readonly #context: Context
  readonly #address: (context: Context) => string | undefined

  constructor(context: Context, { address = nodeAddress }: ToProtocolRequestOptions) {
    const { raw } = context.req
    const { path, query } = splitUrl(raw.url)
    this.method = raw.method
    this.path = path
    this.query = query
    this.headers = toHeaderRecord(raw)
    this.body = raw.method === 'GET' || raw.method === 'HEAD' ? null : new ContextBody(context)
    this.#context = context
    this.#address = address
  }

  get address(): string | undefined {
    return this.#address(this.#context)
  }

  get signal(): AbortSignal {
    return this.#context.req.raw.signal
  }
}

/** Nothing is touched before somebody asks: node-server can then discard an unread body by itself. */
class ContextBody implements ProtocolBody {
  /** Where the sender has said how much it is, as HTTP lets no more of it through; who has not is read bit by bit. */
  readonly whole: ProtocolBody['whole']
  readonly #req: HonoRequest

  constructor({ req }: Context) {
    this.#req = req
    if (req.raw.headers.has('content-length')) {
      this.whole = (limit) =>
        bytesOf(req).then((bytes) => (bytes.byteLength > limit ? undefined : bytes))
    }
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return chunksOf(this.#req)
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

async function* chunksOf(req: HonoRequest): AsyncGenerator<Uint8Array> {
  if (req.raw.bodyUsed) yield await bytesOf(req)
  else if (req.raw.body !== null) yield* unread(req.raw.body)
}

async function bytesOf(req: HonoRequest): Promise<Uint8Array> {
  // Hono keeps what a middleware read with `context.req.json()` and the like.
  if (req.raw.bodyUsed && Object.keys(req.bodyCache).length === 0) {
    throw new TypeError(
      'The request body was read before Mizan saw it: read it with context.req, or mount Mizan before its reader',
    )
  }
  return new Uint8Array(await req.arrayBuffer())
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
