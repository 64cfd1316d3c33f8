/** The neutral request, response and socket between a backend and the server, and the bodies they carry. */

import type { ErrorBody } from './errors.ts'
import type { TargetBody } from './target.ts'

/** Header values by lower-case name. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** What a backend hands over. No `Request` is built on Node: that costs more than the whole dispatch. */
export interface ProtocolRequest {
  readonly method: string
  /** Without the query, still percent-encoded. */
  readonly path: string
  /** Without the question mark. */
  readonly query: string
  readonly headers: Headers
  readonly body: AsyncIterable<Uint8Array> | null
  /** The body as somebody read and parsed it before Mizan. */
  readonly parsed?: unknown
  /** The peer's address, as the backend trusts it. */
  readonly address?: string
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal
}

/** What a backend writes. */
export interface ProtocolResponse {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array> | null
}

/** A WebSocket as the server sees it. */
export interface ProtocolSocket {
  send(text: string): void
  close(code: number, reason: string): void
  /** Bytes not yet written to the peer. */
  readonly buffered: number
  onMessage: (text: string) => void
  onClose: (code: number) => void
}

/** Body of `POST call/`. */
export interface CallBody {
  readonly fn: string
  readonly args: Readonly<Record<string, unknown>>
}

/** Answer of `POST call/`. */
export interface CallAnswer {
  readonly result: unknown
  readonly invalidate?: readonly TargetBody[]
}

/** Answer of any failed request. */
export interface ErrorAnswer {
  readonly error: ErrorBody
  readonly invalidate?: readonly TargetBody[]
}

/**
 * One line of a streamed answer (`application/x-ndjson`). Items come first; the last line is `end` or `error`, and a stream without
 * either was cut short.
 */
export type StreamLine =
  | { readonly item: unknown }
  | { readonly end: true; readonly invalidate?: readonly TargetBody[] }
  | ErrorAnswer

const names = {
  invalidate: 'x-mizan-invalidate',
  artifact: 'x-mizan-artifact',
  cache: 'x-mizan-cache',
  purge: 'x-mizan-purge',
  tags: 'x-mizan-tags',
  changed: 'x-mizan-changed',
  mounted: 'x-mizan-mounted',
  token: 'x-mizan-token',
  session: 'x-mizan-session',
} as const

/** Header names of the protocol, lower-case as Node gives them. */
export const headerNames: typeof names = Object.freeze(names)
