/** The frames of the live socket and the codes with which it closes (PROTOCOL section 10). */

import type { ErrorBody } from './errors.ts'
import type { TargetBody } from './target.ts'

/** What a client calls one of its calls, subscriptions or joins; up to 64 characters, or an integer. */
export type FrameId = string | number

/** A context's instance that a client shows. Sent again with the same id it is a refetch. */
export interface SubscribeBody {
  readonly context: string
  /** JSON by wire name. */
  readonly params?: Readonly<Record<string, unknown>>
  /** Of what the client holds; an equal one is answered without data. */
  readonly etag?: string
}

/** A channel's instance that a client joins. */
export interface JoinBody {
  readonly channel: string
  readonly params?: Readonly<Record<string, unknown>>
  /** The last message that the client has seen. */
  readonly since?: number
}

/** What a client sends. */
export type ClientFrame =
  | { readonly id?: FrameId; readonly auth: string | null }
  | {
      readonly id: FrameId
      readonly call: { readonly fn: string; readonly args?: Readonly<Record<string, unknown>> }
    }
  | { readonly id: FrameId; readonly subscribe: SubscribeBody }
  | { readonly id: FrameId; readonly unsubscribe: true }
  | { readonly id: FrameId; readonly join: JoinBody }
  | { readonly id: FrameId; readonly send: unknown }
  | { readonly id: FrameId; readonly leave: true }

/** A message of a channel with its place in the channel's order. */
export interface SequencedMessage {
  readonly seq: number
  readonly message: unknown
}

/** The answer to a join, and again when messages may have been missed. */
export interface JoinedBody {
  /** The place of the newest message; 0 before the first. */
  readonly seq: number
  /** What the channel tells of everybody who is there. */
  readonly present: readonly unknown[]
  /** Messages after `since`, in order. */
  readonly missed: readonly SequencedMessage[]
  /** Some messages after `since` are not kept any more. */
  readonly gap?: true
}

/** What a server sends. */
export type ServerFrame =
  | {
      readonly id: FrameId
      readonly result: unknown
      readonly invalidate?: readonly TargetBody[]
      readonly changed?: readonly string[]
      readonly etag?: string
      readonly tags?: readonly string[]
    }
  | {
      readonly id: FrameId
      readonly data: Readonly<Record<string, unknown>>
      readonly etag: string
      readonly tags: readonly string[]
    }
  | {
      readonly id?: FrameId
      readonly error: ErrorBody
      /** A message was refused; the join stays. */
      readonly send?: true
      readonly invalidate?: readonly TargetBody[]
      readonly changed?: readonly string[]
    }
  | {
      readonly invalidate: readonly TargetBody[]
      readonly changed: readonly string[]
      /** The `X-Mizan-Call` of each call that did it, so that who heard of all of them before need not act again. */
      readonly calls?: readonly string[]
    }
  | { readonly resync: true }
  | { readonly id: FrameId; readonly joined: JoinedBody }
  | { readonly id: FrameId; readonly message: unknown; readonly seq: number }
  | { readonly id: FrameId; readonly present: readonly unknown[] }

const codes = {
  /** The server ends; connect again, after a short random wait. */
  goingAway: 1001,
  /** A frame was not text. */
  unsupported: 1003,
  /** A frame was larger than the server takes. */
  tooLarge: 1009,
  /** The server has as many connections as it takes; connect again later. */
  full: 1013,
  /** The session ended or the token expired: get another one before connecting again. */
  sessionEnded: 4401,
  /** A page of another origin. */
  forbidden: 4403,
  /** The client reads more slowly than it is written to; connect again and start from the current state. */
  tooSlow: 4408,
  /** More frames than the server takes from one client. */
  rateLimited: 4429,
} as const

/** Codes with which a server closes a socket. */
export const closeCodes: typeof codes = Object.freeze(codes)
