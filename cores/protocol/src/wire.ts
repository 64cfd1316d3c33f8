/** The neutral request, response and socket between a backend and the server, and the bodies they carry. */

import type { ErrorBody } from './errors.ts'
import type { TargetBody } from './target.ts'

/** Header values by lower-case name. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** The bytes of a body, once. */
export interface ProtocolBody extends AsyncIterable<Uint8Array> {
  /**
   * All of them at once, instead of the loop, which costs several promises a request; `undefined` when they are more than
   * `limit`. Whoever has no quicker way than the loop leaves it out.
   */
  whole?(limit: number): Promise<Uint8Array | undefined>
}

/**
 * What a backend hands over; `...` loses what a backend gives by getters. No `Request` is built on Node: that costs more than
 * the whole dispatch.
 */
export interface ProtocolRequest {
  readonly method: string
  /** Without the query, still percent-encoded. */
  readonly path: string
  /** Without the question mark. */
  readonly query: string
  readonly headers: Headers
  readonly body: ProtocolBody | null
  /** The body as somebody read and parsed it before Mizan. */
  readonly parsed?: unknown
  /** The peer's address, as the backend trusts it. */
  readonly address?: string
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal
  /** The backend makes a socket of it when the answer is 101. */
  readonly upgradable?: true
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
  /** Only for a client that sent `X-Mizan-Mounted`. What stands here is not in `invalidate`. */
  readonly merge?: readonly MergeBody[]
  /** Only for a client that sent `X-Mizan-Mounted`. What stands here is in `invalidate` as well, as others may hold it. */
  readonly refreshed?: readonly RefreshedBody[]
}

/**
 * The result of a call as the new value of one member: of the instances that have exactly these params. To every other
 * instance that they reach it is an ordinary target. Its holder drops the ETag: the rest of the bundle may be older.
 */
export interface MergeBody {
  readonly context: string
  readonly function: string
  /** JSON values by name, those of the member; absent when it has none. */
  readonly params?: Readonly<Record<string, unknown>>
  readonly data: unknown
}

/** An instance that a call made stale, read again after it: what a GET would have answered. */
export interface RefreshedBody {
  readonly context: string
  /** JSON values by name; absent when the instance has none. */
  readonly params?: Readonly<Record<string, unknown>>
  readonly data: Readonly<Record<string, unknown>>
  readonly etag: string
  /** What `X-Mizan-Tags` would have said; absent when it would not have been there. */
  readonly tags?: readonly string[]
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
  | ({ readonly end: true; readonly invalidate?: readonly TargetBody[] } & StreamChanges)
  | (ErrorAnswer & StreamChanges)

/** What the last line says beside `invalidate`, as its headers have left: for clients that know tags. */
export interface StreamChanges {
  /** What `X-Mizan-Changed` would have said. */
  readonly changed?: readonly string[]
  /** Of the bare names in `invalidate`, those that `X-Mizan-Invalidate` would have named: somebody declared them. */
  readonly exact?: readonly string[]
}

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
  /** A name that the client gives a call; what is pushed because of it carries the same. */
  call: 'x-mizan-call',
  /** `true` when the answer is the stored one of an earlier request with the same `Idempotency-Key`. */
  replayed: 'x-mizan-replayed',
} as const

/** Header names of the protocol, lower-case as Node gives them. */
export const headerNames: typeof names = Object.freeze(names)
