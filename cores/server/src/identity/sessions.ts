/** Where sessions live. The store never sees what a cookie holds, only its digest. */

import type { RefreshState, Rotated, Rotation } from './refresh-rotation.ts'

/** One signed-in browser or client. */
export interface Session {
  /** SHA-256 of 256 random bits: who reads the store cannot sign in with it. */
  readonly id: string
  /** What `signIn` was called with; `resolve` turns it into a principal on each request. */
  readonly user: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** When it ends however much it is used, milliseconds since the epoch. @default what `cookie.maxAge` says */
  readonly expiresAt?: number
  /** When it was last seen, milliseconds since the epoch; kept to within a tenth of the idle time. */
  readonly seenAt?: number
  /** Of a session of tokens: which refresh token is the last one. */
  readonly refresh?: RefreshState
}

/**
 * Keeps sessions; `createApp` takes any implementation. What is optional is asked for at boot by the options that need it.
 * Whatever a store throws is answered as `UNAVAILABLE`.
 */
export interface SessionStore {
  /** Keeps `session` for `ttl` seconds. */
  create(session: Session, ttl: number): Promise<void>
  get(id: string): Promise<Session | undefined>
  delete(id: string): Promise<void>
  /** The living sessions of a user, in any order. For `listSessions` and `endSessions`. */
  list?(user: string): Promise<readonly Session[]>
  /** Notes that a session was seen, unless it has ended meanwhile. For `cookie.idle`. */
  touch?(id: string, seenAt: number): Promise<void>
  /**
   * Decides about a refresh token as {@link Rotation} says, in one step that no other process can come between; a session
   * whose token was reused is deleted in the same step. For `jwt`.
   */
  rotate?(id: string, rotation: Rotation): Promise<Rotated>
  /** Lets go of connections of its own, when the app closes. */
  close?(): Promise<void>
}
