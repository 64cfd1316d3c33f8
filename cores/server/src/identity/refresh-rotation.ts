/** Refresh tokens are used once: the rule by which a used one is told from a stolen one (PROTOCOL section 7). */

/** Milliseconds within which the previous token gets the same successor: two tabs, or an answer that was lost. */
export const rotationGrace = 10_000

/** Which refresh token of a session is the last one. */
export interface RefreshState {
  /** `jti` of the last one. */
  readonly current: string
  /** `jti` of the one before. */
  readonly previous?: string
  /** When the last one was issued, milliseconds since the epoch. */
  readonly rotatedAt: number
}

/** A refresh token was presented. */
export interface Rotation {
  /** Its `jti`. */
  readonly presented: string
  /** `jti` of its successor, should it get one. */
  readonly successor: string
  /** Milliseconds since the epoch. */
  readonly now: number
  /** {@link rotationGrace} */
  readonly grace: number
  /** Seconds to keep the session from now on, up to its `expiresAt`. */
  readonly ttl: number
}

/** What came of it. */
export type Rotated =
  /** The successor, and when it was issued: just now, or a moment ago to somebody else. */
  | { readonly state: 'rotated'; readonly current: string; readonly rotatedAt: number }
  /** Neither the last nor, in time, the previous one: it was stolen, or its owner was robbed. */
  | { readonly state: 'reused' }
  /** There is no such session. */
  | { readonly state: 'ended' }

/** The rule itself; stores carry it out in one step. `undefined`: reused. */
export function nextRefresh(state: RefreshState, rotation: Rotation): RefreshState | undefined {
  const { presented, successor, now, grace } = rotation
  if (presented === state.current)
    return { current: successor, previous: presented, rotatedAt: now }
  return presented === state.previous && now - state.rotatedAt <= grace ? state : undefined
}
