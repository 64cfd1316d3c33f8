/** Where sessions live. The store never sees what the cookie holds, only its digest. */

/** One signed-in browser. */
export interface Session {
  /** SHA-256 of the 256 random bits in the cookie: who reads the store cannot sign in with it. */
  readonly id: string
  /** What `signIn` was called with; `resolve` turns it into a principal on each request. */
  readonly user: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

/** Keeps sessions; `createApp` takes any implementation. */
export interface SessionStore {
  /** Keeps `session` for `ttl` seconds. */
  create(session: Session, ttl: number): Promise<void>
  get(id: string): Promise<Session | undefined>
  delete(id: string): Promise<void>
}

/** Options of {@link MemorySessionStore}. */
export interface MemorySessionStoreOptions {
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number
}

/** Creations between two sweeps of what has expired. */
const sweepEvery = 1000

/** Sessions of one process; they end with it. */
export class MemorySessionStore implements SessionStore {
  readonly #clock: () => number
  readonly #sessions = new Map<string, { readonly session: Session; readonly expires: number }>()
  #untilSweep = sweepEvery

  constructor(options: MemorySessionStoreOptions = {}) {
    this.#clock = options.clock ?? Date.now
  }

  async create(session: Session, ttl: number): Promise<void> {
    if (--this.#untilSweep === 0) this.#sweep()
    this.#sessions.set(session.id, { session, expires: this.#clock() + ttl * 1000 })
  }

  async get(id: string): Promise<Session | undefined> {
    const kept = this.#sessions.get(id)
    if (kept === undefined || kept.expires > this.#clock()) return kept?.session
    this.#sessions.delete(id)
    return undefined
  }

  async delete(id: string): Promise<void> {
    this.#sessions.delete(id)
  }

  #sweep(): void {
    this.#untilSweep = sweepEvery
    const now = this.#clock()
    for (const [id, { expires }] of this.#sessions) if (expires <= now) this.#sessions.delete(id)
  }
}
