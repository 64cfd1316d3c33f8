/** Sessions by the rules: when one is over, whose it is, who may end it. */

import { createHash, randomBytes } from 'node:crypto'
import { MizanError } from '@mizan/protocol'
import type { Principal } from './principal.ts'
import type { RefreshState, Rotated, Rotation } from './refresh-rotation.ts'
import type { Session, SessionStore } from './sessions.ts'
import { toPrincipal } from './to-principal.ts'

/** What the keeper works with. */
export interface SessionKeeperOptions {
  readonly store: SessionStore
  readonly resolve: (id: string) => Promise<Principal | null>
  readonly clock: () => number
  /** Seconds that a session of a browser lives. */
  readonly maxAge: number
  /** Seconds after which one that nobody used is over. */
  readonly idle: number | undefined
}

/** A session as its user may see it. */
export interface SessionInfo {
  readonly id: string
  readonly createdAt: Date
  readonly seenAt: Date
  /** A browser's, known by its cookie, or a client's, known by its tokens. */
  readonly kind: 'browser' | 'tokens'
}

/** A session of tokens to be started. */
export interface TokenSession {
  readonly refresh: RefreshState
  /** Seconds until it ends for good. */
  readonly lifetime: number
  /** Seconds to keep it while nobody refreshes. */
  readonly ttl: number
}

/** Keeps the sessions of one app. */
export class SessionKeeper {
  readonly #options: SessionKeeperOptions

  constructor(options: SessionKeeperOptions) {
    this.#options = options
  }

  /** A session of a browser, by the secret in its cookie. */
  async startBrowser(secret: string, user: string): Promise<void> {
    const { store, clock, maxAge } = this.#options
    const session = { id: sessionIdOf(secret), user, createdAt: clock() }
    await available(() => store.create(session, maxAge))
  }

  /** A session that only tokens speak of: no cookie opens it. */
  async startTokens(user: string, { refresh, lifetime, ttl }: TokenSession): Promise<Session> {
    const { store, clock } = this.#options
    const createdAt = clock()
    const session: Session = {
      id: sessionIdOf(randomBytes(32).toString('base64url')),
      user,
      createdAt,
      expiresAt: createdAt + lifetime * 1000,
      refresh,
    }
    await available(() => store.create(session, Math.min(lifetime, ttl)))
    return session
  }

  /**
   * Whose session it is, freshly resolved; `undefined` when it is over. A principal who is gone ends it.
   *
   * @throws MizanError `UNAVAILABLE` when the store fails
   */
  async principalOf(sessionId: string): Promise<Principal | undefined> {
    const { store } = this.#options
    const session = await available(() => store.get(sessionId))
    if (session === undefined || this.#isOver(session)) return undefined
    const principal = await this.resolve(session.user)
    if (principal === null) {
      await this.end(sessionId)
      return undefined
    }
    await this.#touch(session)
    return principal
  }

  /** @throws TypeError for a principal that is none */
  async resolve(id: string): Promise<Principal | null> {
    const principal = await this.#options.resolve(id)
    return principal === null ? null : toPrincipal(principal, 'identity.resolve')
  }

  async rotate(sessionId: string, rotation: Rotation): Promise<Rotated> {
    const { store } = this.#options
    return available(async () => (await store.rotate?.(sessionId, rotation)) ?? { state: 'ended' })
  }

  async end(sessionId: string | undefined): Promise<void> {
    if (sessionId !== undefined) await available(() => this.#options.store.delete(sessionId))
  }

  /** The living sessions of a user, the last seen first. @throws TypeError for a store that cannot list */
  async list(user: string): Promise<readonly SessionInfo[]> {
    const { store } = this.#options
    if (store.list === undefined)
      throw new TypeError('listSessions and endSessions need a session store with list()')
    const sessions = await available(async () => (await store.list?.(user)) ?? [])
    return sessions
      .filter((session) => !this.#isOver(session))
      .sort((a, b) => seenAt(b) - seenAt(a))
      .map((session) => ({
        id: session.id,
        createdAt: new Date(session.createdAt),
        seenAt: new Date(seenAt(session)),
        kind: session.refresh === undefined ? 'browser' : 'tokens',
      }))
  }

  #isOver(session: Session): boolean {
    const { clock, maxAge, idle } = this.#options
    const now = clock()
    if ((session.expiresAt ?? session.createdAt + maxAge * 1000) <= now) return true
    return isIdling(session, idle) && seenAt(session) + idle * 1000 <= now
  }

  async #touch(session: Session): Promise<void> {
    const { store, clock, idle } = this.#options
    const now = clock()
    // One write for many requests: a tenth of the idle time is near enough.
    if (!isIdling(session, idle) || now - seenAt(session) < idle * 100) return
    await available(async () => store.touch?.(session.id, now))
  }
}

/** What stands in the store for a secret. */
export function sessionIdOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** Sessions of tokens end when their refresh token does. */
function isIdling(session: Session, idle: number | undefined): idle is number {
  return idle !== undefined && session.refresh === undefined
}

function seenAt(session: Session): number {
  return session.seenAt ?? session.createdAt
}

/** A store that is down must not look like a caller who is signed out. */
async function available<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (cause) {
    throw new MizanError('UNAVAILABLE', 'the session store does not answer', { cause })
  }
}
