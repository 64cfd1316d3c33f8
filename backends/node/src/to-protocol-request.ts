/** From a node:http request to the neutral one; nothing is read and nothing is copied. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ProtocolRequest } from '@mizan/protocol'
import { readChunks } from './read-chunks.ts'

/** What a framework knows better than node:http. */
export interface ToProtocolRequestOptions {
  /** Path and query from the root of the server, where a mount changed `req.url`. @default req.url */
  readonly url?: string | undefined
  /** The peer's address as the framework trusts it. @default the socket's */
  readonly address?: string | undefined
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
  const { path, query } = splitTarget(options.url ?? req.url ?? '/')
  const left = new AbortController()
  res.once('close', () => {
    if (!res.writableFinished) left.abort()
  })
  return {
    method: req.method ?? 'GET',
    path,
    query,
    headers: req.headers,
    ...bodyOf(req),
    address: options.address ?? req.socket.remoteAddress,
    signal: left.signal,
  }
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
