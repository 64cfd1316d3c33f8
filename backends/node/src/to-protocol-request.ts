/** From a node:http request to the neutral one; nothing is read and nothing is copied. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ProtocolBody, ProtocolRequest } from '@mizan/protocol'
import { readChunks } from './read-chunks.ts'

/** What a framework knows better than node:http. */
export interface ToProtocolRequestOptions {
  /** Path and query from the root of the server, where a mount changed `req.url`. @default req.url */
  readonly url?: string | undefined
  /** The peer's address as the framework trusts it; asked when a function asks. @default the socket's */
  readonly address?: (() => string | undefined) | undefined
}

/** A request whose body a parser before us may have put here. */
interface MaybeParsed {
  readonly body?: unknown
}

/** Describes the request; its signal aborts when the client leaves before `res` has ended. */
export function toProtocolRequest(
  req: IncomingMessage,
  res: ServerResponse,
  options: ToProtocolRequestOptions = {},
): ProtocolRequest {
  return new NodeRequest(req, res, options)
}

/** Made for every request: what few ask for is worked out when they do. */
class NodeRequest implements ProtocolRequest {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: ProtocolRequest['headers']
  readonly body: ProtocolBody | null
  readonly parsed: unknown
  readonly #req: IncomingMessage
  readonly #res: ServerResponse
  readonly #address: ToProtocolRequestOptions['address']
  #left: AbortController | undefined

  constructor(req: IncomingMessage, res: ServerResponse, options: ToProtocolRequestOptions) {
    const { path, query } = splitTarget(options.url ?? req.url ?? '/')
    const { body, parsed } = bodyOf(req)
    this.method = req.method ?? 'GET'
    this.path = path
    this.query = query
    this.headers = req.headers
    this.body = body
    this.parsed = parsed
    this.#req = req
    this.#res = res
    this.#address = options.address
  }

  get address(): string | undefined {
    return this.#address === undefined ? this.#req.socket.remoteAddress : this.#address()
  }

  get signal(): AbortSignal {
    this.#left ??= abortedBy(this.#res)
    return this.#left.signal
  }
}

function abortedBy(res: ServerResponse): AbortController {
  const left = new AbortController()
  const onClose = (): void => {
    if (!res.writableFinished) left.abort()
  }
  if (res.closed || res.destroyed) onClose()
  else res.once('close', onClose)
  return left
}

/** Describes a request that is to become a socket; its signal aborts when that ends. */
export function toUpgradeRequest(
  req: IncomingMessage,
  socket: Duplex,
  address: string | undefined = req.socket.remoteAddress,
): ProtocolRequest {
  const left = new AbortController()
  socket.once('close', () => left.abort())
  return {
    method: req.method ?? 'GET',
    ...splitTarget(req.url ?? '/'),
    headers: req.headers,
    body: null,
    ...(address === undefined ? {} : { address }),
    signal: left.signal,
    upgradable: true,
  }
}

/** Splits a request target into path and query, both as they were sent. */
export function splitTarget(target: string): { path: string; query: string } {
  // Through a proxy the target may be absolute: GET http://host/path.
  const local = target.startsWith('/')
    ? target
    : target.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?]*/i, '')
  const mark = local.indexOf('?')
  return mark === -1
    ? { path: local, query: '' }
    : { path: local.slice(0, mark), query: local.slice(mark + 1) }
}

function bodyOf(req: IncomingMessage): Pick<ProtocolRequest, 'body' | 'parsed'> {
  // express.json() of Express 4 leaves `{}` where it has read nothing, so `body` alone proves nothing.
  if (!req.readableDidRead) return { body: hasBody(req) ? readChunks(req) : null }
  // cast: parsers put what they read there; node's type does not know them
  const { body } = req as MaybeParsed
  if (body instanceof Uint8Array) return { body: once(body) }
  return body === undefined ? { body: lost() } : { body: null, parsed: body }
}

function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length']
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0')
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

// oxlint-disable-next-line require-yield -- there is nothing to yield, and that is the message
async function* lost(): AsyncGenerator<Uint8Array> {
  throw new TypeError(
    'The request body was read before Mizan saw it, and the reader left no req.body: mount Mizan before it',
  )
}
