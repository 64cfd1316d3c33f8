/** The origin cache: lookups by tag versions, one run for many callers, purges (PROTOCOL section 6). */

import { Buffer } from 'node:buffer'
import { type CacheRead, type CacheResult, tagsOfResult, type Visibility } from './cache-read.ts'
import type { CacheStore } from './cache-store.ts'
import { Habits } from './habits.ts'
import { Lookups } from './lookups.ts'
import { MemoryCache } from './memory-cache.ts'
import { Purges } from './purges.ts'
import { Runs } from './runs.ts'

/** How an app caches. */
export interface CacheOptions {
  /** At least 32 bytes, the same on every process; names keys and seals entries. */
  readonly secret: string
  /** @default a {@link MemoryCache} of this process */
  readonly store?: CacheStore
}

/** Where the cache reports what it lives through; the server's logger fits. */
export interface CacheLogger {
  warn(facts: Readonly<Record<string, unknown>>, message: string): void
}

/** What the cache takes from its surroundings. */
export interface CacheEnvironment {
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  readonly logger?: CacheLogger
}

/** Options of {@link ContextCache}. */
export interface ContextCacheOptions extends Partial<CacheEnvironment> {
  readonly store: CacheStore
  readonly secret: string
}

/** One lookup. */
export interface CacheVisit {
  readonly hit:
    | (Omit<CacheResult, 'visibility'> & { readonly visibility: 'public' | 'private' })
    | undefined
  /** Keeps a result that was computed after this visit was opened. Never rejects. */
  store(result: CacheResult): Promise<void>
}

/** How {@link ContextCache.run} came by its body. `bypass`: the store was not there to ask. */
export type CacheOutcome = 'hit' | 'miss' | 'joined' | 'bypass'

/** A body, and what invalidates it. */
export interface CacheAnswer {
  readonly body: string
  readonly outcome: CacheOutcome
  readonly visibility: Visibility
  readonly tags: readonly string[]
}

const minimumSecretBytes = 32

/** @throws TypeError for a secret under 32 bytes. */
export function createContextCache(options: CacheOptions, env: CacheEnvironment): ContextCache {
  return new ContextCache({
    ...env,
    ...options,
    store: options.store ?? new MemoryCache({ clock: env.clock }),
  })
}

/**
 * An entry holds the version of each of its tags, read before its run; a hit needs every one to equal a version read
 * after the request began. So no purge has to find entries, and none can miss one: neither a run in flight nor
 * an entry written late outlives the versions that it began under.
 */
export class ContextCache {
  readonly #lookups: Lookups
  readonly #purges: Purges
  readonly #runs: Runs
  readonly #logger: CacheLogger | undefined
  #answering = true

  /** @throws TypeError for a secret under 32 bytes. */
  constructor(options: ContextCacheOptions) {
    const bytes = Buffer.byteLength(options.secret)
    if (bytes < minimumSecretBytes) {
      throw new TypeError(
        `cache.secret must have at least ${minimumSecretBytes} bytes, got ${bytes}; make one with: openssl rand -base64 32`,
      )
    }
    const { store, secret, clock = Date.now } = options
    const habits = new Habits()
    const onFailure = (error: unknown, step: string): void => this.#failed(error, step)
    const purges = new Purges(store, { onDeferred: (error) => onFailure(error, 'purge') })
    const onSuccess = (): void => void (this.#answering = true)
    this.#logger = options.logger
    this.#purges = purges
    this.#lookups = new Lookups({ store, secret, clock, habits, purges, onFailure, onSuccess })
    this.#runs = new Runs({ lookups: this.#lookups, habits })
  }

  /** Looks up; on a miss, `store` keeps what was computed since. */
  async open(read: CacheRead): Promise<CacheVisit> {
    const lookup = await this.#lookups.look(read)
    return { hit: lookup.hit, store: (result) => this.#lookups.keep(lookup, result) }
  }

  /**
   * The cached body, that of a run in flight, or that of `compute`.
   *
   * @throws what `compute` throws; never for the store
   */
  async run(read: CacheRead, compute: () => Promise<CacheResult>): Promise<CacheAnswer> {
    const lookup = await this.#lookups.look(read)
    if (lookup.hit !== undefined) return toAnswer(read, lookup.hit, 'hit')
    if (lookup.versions === undefined) return toAnswer(read, await compute(), 'bypass')
    const joined = await this.#runs.join(lookup)
    if (joined !== undefined) return toAnswer(read, joined, 'joined')
    const result = await this.#runs.lead(lookup, lookup.versions, compute)
    return toAnswer(read, result, 'miss')
  }

  /**
   * Ends every entry that has one of `tags`, on each process that shares the store. `deferred` when the store could not
   * be told yet: this process serves none of them meanwhile, others may.
   */
  async purge(tags: readonly string[]): Promise<{ deferred: boolean }> {
    return tags.length === 0 ? { deferred: false } : this.#purges.purge([...new Set(tags)])
  }

  /** Ends the retries of deferred purges, after one more try. */
  close(): Promise<void> {
    return this.#purges.close()
  }

  /** Says once that the store is gone, not with each request that does without it. */
  #failed(error: unknown, step: string): void {
    if (this.#answering) {
      this.#logger?.warn({ error, step }, 'the cache store does not answer; going on without it')
    }
    this.#answering = false
  }
}

function toAnswer(read: CacheRead, result: CacheResult, outcome: CacheOutcome): CacheAnswer {
  return {
    body: result.body,
    outcome,
    visibility: result.visibility,
    tags: tagsOfResult(read, result),
  }
}
