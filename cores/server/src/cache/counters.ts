/** What the cache has done since the start, as numbers. */

/** Counted in this process. */
export interface CacheStats {
  /** Reads answered by an entry within its time. */
  readonly hits: number
  /** Reads answered by an entry past its time, whose tags were unchanged. */
  readonly stale: number
  /** Reads that ran the functions. */
  readonly misses: number
  /** Reads that were answered by the run of another caller. */
  readonly joined: number
  /** Reads that ran the functions because the store did not answer. */
  readonly bypassed: number
  /** Results that were written to the store. */
  readonly stored: number
  readonly purges: number
  /** Purges that the store could not be told at once. */
  readonly deferred: number
  /** Questions that the store failed to answer, or not in time. */
  readonly errors: number
}

/** A tally. */
export class Counters {
  readonly #counts: Record<keyof CacheStats, number> = {
    hits: 0,
    stale: 0,
    misses: 0,
    joined: 0,
    bypassed: 0,
    stored: 0,
    purges: 0,
    deferred: 0,
    errors: 0,
  }

  add(what: keyof CacheStats): void {
    this.#counts[what]++
  }

  /** The numbers of now. */
  get stats(): CacheStats {
    return { ...this.#counts }
  }
}
