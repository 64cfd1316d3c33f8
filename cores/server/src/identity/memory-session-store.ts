/** Sessions of one process. */

import { nextRefresh, type Rotated, type Rotation } from './refresh-rotation.ts'
import type { Session, SessionStore } from './sessions.ts'

/** Options of {@link MemorySessionStore}. */
export interface MemorySessionStoreOptions {
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number
}

interface Kept {
  readonly session: Session
  readonly expires: number
}

/** Creations between two sweeps of what has expired. */
const sweepEvery = 1000

/** They end with the process; for one that is alone, and for development. */
export class MemorySessionStore implements Required<Omit<SessionStore, 'close'>> {
  readonly #clock: () => number
  readonly #sessions = new Map<string, Kept>()
  readonly #byUser = new Map<string, Set<string>>()
  #untilSweep = sweepEvery

  constructor(options: MemorySessionStoreOptions = {}) {
    this.#clock = options.clock ?? Date.now
  }

  async create(session: Session, ttl: number): Promise<void> {
    if (--this.#untilSweep === 0) this.#sweep()
    this.#sessions.set(session.id, { session, expires: this.#clock() + ttl * 1000 })
    const ids = this.#byUser.get(session.user) ?? new Set()
    this.#byUser.set(session.user, ids.add(session.id))
  }

  async get(id: string): Promise<Session | undefined> {
    return this.#living(id)?.session
  }

  async delete(id: string): Promise<void> {
    this.#drop(id)
  }

  async list(user: string): Promise<readonly Session[]> {
    const ids = [...(this.#byUser.get(user) ?? [])]
    return ids.flatMap((id) => this.#living(id)?.session ?? [])
  }

  async touch(id: string, seenAt: number): Promise<void> {
    const kept = this.#living(id)
    if (kept !== undefined)
      this.#sessions.set(id, { ...kept, session: { ...kept.session, seenAt } })
  }

  async rotate(id: string, rotation: Rotation): Promise<Rotated> {
    const kept = this.#living(id)
    if (kept?.session.refresh === undefined) return { state: 'ended' }
    const refresh = nextRefresh(kept.session.refresh, rotation)
    if (refresh === undefined) {
      this.#drop(id)
      return { state: 'reused' }
    }
    const { now, ttl } = rotation
    const expires = Math.min(now + ttl * 1000, kept.session.expiresAt ?? Infinity)
    const session = { ...kept.session, refresh, seenAt: refresh.rotatedAt }
    this.#sessions.set(id, { session, expires })
    return { state: 'rotated', current: refresh.current, rotatedAt: refresh.rotatedAt }
  }

  #living(id: string): Kept | undefined {
    const kept = this.#sessions.get(id)
    if (kept === undefined || kept.expires > this.#clock()) return kept
    this.#drop(id)
    return undefined
  }

  #drop(id: string): void {
    const user = this.#sessions.get(id)?.session.user
    this.#sessions.delete(id)
    if (user === undefined) return
    const ids = this.#byUser.get(user)
    ids?.delete(id)
    if (ids?.size === 0) this.#byUser.delete(user)
  }

  #sweep(): void {
    this.#untilSweep = sweepEvery
    const now = this.#clock()
    for (const [id, { expires }] of this.#sessions) if (expires <= now) this.#drop(id)
  }
}
