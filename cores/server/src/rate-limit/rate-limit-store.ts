/** Counts of rate limits: one number a caller, by the generic cell rate algorithm. */

/** How much, in how long. */
export interface Quota {
  /** Requests. */
  readonly limit: number
  /** Seconds. */
  readonly window: number
}

/** What a store says to one request. */
export interface Taken {
  readonly allowed: boolean
  /** Requests that may follow at once. */
  readonly remaining: number
  /** Seconds until the quota is whole again; for a request that was refused, until the next one is allowed. */
  readonly reset: number
}

/** Keeps the counts; several processes share one by an implementation of their own. */
export interface RateLimitStore {
  take(key: string, quota: Quota): Promise<Taken> | Taken
  close?(): Promise<void>
}

/**
 * One step of the algorithm.
 *
 * @param arrival when the quota would be whole again, as it was kept; milliseconds
 * @returns the answer, and what to keep
 */
export function takeOne(
  { limit, window }: Quota,
  arrival: number | undefined,
  now: number,
): Taken & { readonly arrival: number } {
  const whole = window * 1000
  const step = whole / limit
  const before = Math.max(arrival ?? 0, now)
  const after = before + step
  // A hair's breadth: sums of fractions must not cost anybody a request.
  const allowed = after - now <= whole + 1e-6
  const kept = allowed ? after : before
  return {
    allowed,
    remaining: Math.max(0, Math.floor((whole - (kept - now)) / step + 1e-9)),
    reset: Math.ceil((allowed ? kept - now : after - now - whole) / 1000),
    arrival: kept,
  }
}

/** Options of {@link MemoryRateLimitStore}. */
export interface MemoryRateLimitStoreOptions {
  /** Callers that are remembered; above it the one longest not seen goes. @default 100_000 */
  readonly maxKeys?: number
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number
}

/** Counts of one process: with four processes behind a balancer, each counts a quarter. */
export class MemoryRateLimitStore implements RateLimitStore {
  readonly #maxKeys: number
  readonly #clock: () => number
  readonly #arrivals = new Map<string, number>()

  constructor(options: MemoryRateLimitStoreOptions = {}) {
    this.#maxKeys = options.maxKeys ?? 100_000
    this.#clock = options.clock ?? Date.now
  }

  take(key: string, quota: Quota): Taken {
    const { arrival, ...taken } = takeOne(quota, this.#arrivals.get(key), this.#clock())
    this.#arrivals.delete(key)
    this.#arrivals.set(key, arrival)
    const [oldest] = this.#arrivals.keys()
    if (this.#arrivals.size > this.#maxKeys && oldest !== undefined) this.#arrivals.delete(oldest)
    return taken
  }
}
