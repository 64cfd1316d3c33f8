/** The origin cache: lookups by tag versions, one run for many callers, purges (PROTOCOL section 6). */

import { assertSecret, type CacheOptions, whyOff } from './cache-options.ts'
import { type CacheRead, type CacheResult, tagsOfResult, type Visibility } from './cache-read.ts'
import type { CacheStore } from './cache-store.ts'
import { type CacheStats, Counters } from './counters.ts'
import type { Entry } from './entry.ts'
import { Habits } from './habits.ts'
import { type Lookup, Lookups } from './lookups.ts'
import { MemoryCache } from './memory-cache.ts'
import { Purges } from './purges.ts'
import { type Compute, Runs, type VersionedLookup } from './runs.ts'

/** Where the cache reports what it lives through; the server's logger fits. */
export interface CacheLogger {
  warn(facts: Readonly<Record<string, unknown>>, message: string): void
}

/** What the cache takes from its surroundings. */
export interface CacheEnvironment {
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  readonly logger?: CacheLogger
  /** Takes runs that make stale entries anew after the answer. */
  readonly background?: (work: Promise<unknown>) => void
}

/** Options of {@link ContextCache}. */
export interface ContextCacheOptions extends Partial<CacheEnvironment> {
  readonly store: CacheStore
  readonly secret: string
  /** Milliseconds that a lookup may take. @default 50 */
  readonly patience?: number
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
export type CacheOutcome = 'hit' | 'stale' | 'miss' | 'joined' | 'bypass'

/** A body, and what invalidates it. */
export interface CacheAnswer {
  readonly body: string
  readonly outcome: CacheOutcome
  readonly visibility: Visibility
  readonly tags: readonly string[]
  /** Seconds that are left of its time; 0 for what is past it. */
  readonly ttl: number
}

/** Milliseconds. */
const leastPurgePatience = 1000

const counted = {
  hit: 'hits',
  stale: 'stale',
  miss: 'misses',
  joined: 'joined',
  bypass: 'bypassed',
} as const

/**
 * An entry holds the version of each of its tags, read before its run; a hit needs every one to equal a version read
 * after the request began. So no purge has to find entries, and none can miss one: neither a run in flight nor
 * an entry written late outlives the versions that it began under.
 */
export class ContextCache {
  readonly #lookups: Lookups
  readonly #purges: Purges
  readonly #runs: Runs
  readonly #store: CacheStore
  readonly #counters = new Counters()
  readonly #clock: () => number
  readonly #background: (work: Promise<unknown>) => void
  readonly #logger: CacheLogger | undefined
  #answering = true

  /** @throws TypeError for a secret under 32 bytes. */
  constructor(options: ContextCacheOptions) {
    const { store, secret, clock = Date.now } = options
    assertSecret(secret)
    const habits = new Habits()
    const counters = this.#counters
    const onFailure = (error: unknown, step: string): void => this.#failed(error, step)
    const purges = new Purges(store, {
      patience: Math.max(leastPurgePatience, options.patience ?? 0),
      onDeferred: (error) => {
        counters.add('deferred')
        onFailure(error, 'purge')
      },
    })
    this.#store = store
    this.#clock = clock
    this.#logger = options.logger
    this.#background = options.background ?? ((work) => void work.catch(() => undefined))
    this.#purges = purges
    this.#lookups = new Lookups({
      store,
      secret,
      patience: options.patience ?? 50,
      clock,
      habits,
      purges,
      onFailure,
      onSuccess: () => void (this.#answering = true),
      onStored: () => counters.add('stored'),
    })
    this.#runs = new Runs({ lookups: this.#lookups, habits })
  }

  /** What was counted since the start. */
  get stats(): CacheStats {
    return this.#counters.stats
  }

  /** Looks up; on a miss, `store` keeps what was computed since. */
  async open(read: CacheRead): Promise<CacheVisit> {
    const lookup = await this.#lookups.look(read)
    return {
      hit: lookup.isStale ? undefined : lookup.hit,
      store: (result) => this.#lookups.keep(lookup, result),
    }
  }

  /**
   * The cached body, that of a run in flight, or that of `compute`.
   *
   * @param signal of this caller; a run aborts when the last who waits for it has left
   * @throws what `compute` throws; never for the store
   */
  async run(read: CacheRead, compute: Compute, signal?: AbortSignal): Promise<CacheAnswer> {
    const lookup = await this.#lookups.look(read)
    const { hit } = lookup
    if (hit !== undefined) {
      if (!lookup.isStale) return this.#answer(read, hit, 'hit')
      if (hasVersions(lookup)) this.#background(this.#runs.renew(lookup, compute))
      return this.#answer(read, hit, 'stale')
    }
    if (!hasVersions(lookup)) {
      const alone = signal ?? new AbortController().signal
      return this.#answer(read, await compute(alone), 'bypass')
    }
    const { result, outcome } = await this.#runs.share(lookup, compute, signal)
    return this.#answer(read, result, outcome)
  }

  /**
   * Ends every entry that has one of `tags`, on each process that shares the store. `deferred` when the store could not
   * be told yet: this process serves none of them meanwhile, others may.
   */
  async purge(tags: readonly string[]): Promise<{ deferred: boolean }> {
    if (tags.length === 0) return { deferred: false }
    this.#counters.add('purges')
    return this.#purges.purge([...new Set(tags)])
  }

  /** Ends the retries of deferred purges, after one more try. */
  async close(): Promise<void> {
    await this.#purges.close()
    await this.#store.close?.()
  }

  #answer(read: CacheRead, result: CacheResult | Entry, outcome: CacheOutcome): CacheAnswer {
    this.#counters.add(counted[outcome])
    const left =
      'expires' in result ? Math.floor((result.expires - this.#clock()) / 1000) : read.ttl
    return {
      body: result.body,
      outcome,
      visibility: result.visibility,
      tags: tagsOfResult(read, result),
      ttl: Math.max(0, left),
    }
  }

  /** Says once that the store is gone, not with each request that does without it. */
  #failed(error: unknown, step: string): void {
    this.#counters.add('errors')
    if (this.#answering) {
      this.#logger?.warn({ error, step }, 'the cache store does not answer; going on without it')
    }
    this.#answering = false
  }
}

function hasVersions(lookup: Lookup): lookup is VersionedLookup {
  return lookup.versions !== undefined
}

/** The cache of an app, or `undefined` for one that goes without. @throws TypeError for a secret under 32 bytes */
export function createContextCache(
  options: CacheOptions | undefined,
  env: CacheEnvironment,
): ContextCache | undefined {
  const { secret, store = new MemoryCache({ clock: env.clock }), patience } = options ?? {}
  if (options === undefined || secret === undefined || whyOff(options) !== undefined)
    return undefined
  return new ContextCache({
    ...env,
    secret,
    store,
    ...(patience === undefined ? {} : { patience }),
  })
}
