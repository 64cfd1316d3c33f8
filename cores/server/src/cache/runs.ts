/** Runs in flight: one computation for the callers who may share it. */

import { type CacheResult, tagsOfResult } from './cache-read.ts'
import type { Habits } from './habits.ts'
import type { Lookup, Lookups } from './lookups.ts'
import { Waiters } from './waiters.ts'

/** Makes the result; `signal` aborts when nobody waits for it any more. */
export type Compute = (signal: AbortSignal) => Promise<CacheResult>

/** A lookup whose versions the store has told. */
export type VersionedLookup = Lookup & { readonly versions: ReadonlyMap<string, string> }

/** A result and how it was come by. */
export interface Shared {
  readonly result: CacheResult
  readonly outcome: 'joined' | 'miss'
}

/** Runs that a caller waits for in vain before it goes on by itself. */
const joins = 2

interface Running {
  readonly key: string
  /** What the run began under. */
  readonly versions: ReadonlyMap<string, string>
  readonly result: Promise<CacheResult>
  readonly waiters: Waiters
}

/** What runs work with. */
export interface RunsOptions {
  readonly lookups: Lookups
  readonly habits: Habits
}

/** The runs of one process. */
export class Runs {
  readonly #options: RunsOptions
  readonly #running = new Map<string, Running>()

  constructor(options: RunsOptions) {
    this.#options = options
  }

  /**
   * The result of a run in flight, or of a run of its own. Whether one is in flight is decided without a pause: of
   * callers who find nothing at the same moment, one runs.
   */
  async share(lookup: VersionedLookup, compute: Compute, signal?: AbortSignal): Promise<Shared> {
    for (let attempt = 0; attempt < joins; attempt++) {
      const running = this.#candidate(lookup)
      if (running === undefined) break
      const result = await this.#join(running, lookup, signal)
      if (result !== undefined) return { result, outcome: 'joined' }
    }
    return { result: await this.#lead(lookup, compute, signal), outcome: 'miss' }
  }

  /** Makes an entry anew for nobody in particular, unless that is under way. */
  async renew(lookup: VersionedLookup, compute: Compute): Promise<void> {
    if (!this.#running.has(this.#keyOf(lookup))) await this.#lead(lookup, compute)
  }

  /** A run that `lookup` may wait for. */
  #candidate(lookup: Lookup): Running | undefined {
    if (this.#options.habits.endingOf(lookup.keys.public) === 'unstorable') return undefined
    const running = this.#running.get(this.#keyOf(lookup))
    return running?.waiters.signal.aborted === false ? running : undefined
  }

  /**
   * Its result, if it began under the versions that `lookup` has read, and if the caller may have it; otherwise nothing,
   * also when that run fails.
   */
  async #join(
    running: Running,
    lookup: Lookup,
    signal: AbortSignal | undefined,
  ): Promise<CacheResult | undefined> {
    // Counted before it is known whether it stays: the run must not be aborted meanwhile.
    const leave = running.waiters.add(signal)
    const result = (await this.#beganUnder(running, lookup))
      ? await running.result.catch(() => undefined)
      : undefined
    leave()
    if (result === undefined) return undefined
    const { read, keys } = lookup
    const mine =
      result.visibility === 'public' ||
      (result.visibility === 'private' && running.key === keys.private)
    // A tag that the run learnt has no version from before it: something may have changed it since.
    const known = tagsOfResult(read, result).every((tag) => running.versions.has(tag))
    return mine && known ? result : undefined
  }

  /** Computes and keeps, for this caller and those who join. Without a signal it goes on to its end. */
  async #lead(
    lookup: VersionedLookup,
    compute: Compute,
    signal?: AbortSignal,
  ): Promise<CacheResult> {
    const key = this.#keyOf(lookup)
    const { versions } = lookup
    const waiters = new Waiters()
    waiters.add(signal)
    const result = this.#compute(lookup, () => compute(waiters.signal))
    const running: Running = { key, versions, waiters, result }
    this.#running.set(key, running)
    try {
      const made = await result
      // Until it is kept, those who came too early for a hit can still join.
      await this.#options.lookups.keep(lookup, made)
      return made
    } finally {
      waiters.end()
      // A later run may have taken the place; those who come now have more use for that one.
      if (this.#running.get(key) === running) this.#running.delete(key)
    }
  }

  async #compute(
    { read, keys }: Lookup,
    compute: () => Promise<CacheResult>,
  ): Promise<CacheResult> {
    const { habits } = this.#options
    const result = await compute()
    habits.ended(keys.public, result.visibility)
    const own = read.privateOnly || result.visibility === 'private'
    return { ...result, dataTags: habits.toTags(own ? keys.private : keys.public, result.dataTags) }
  }

  async #beganUnder(running: Running, { versions, owed }: Lookup): Promise<boolean> {
    if (versions === undefined) return false
    const current = await this.#options.lookups.versionsOf(running.versions.keys(), versions)
    return [...running.versions].every(
      ([tag, version]) => current?.get(tag) === version && !owed.has(tag),
    )
  }

  /** What ended private before will end private again: only the same caller waits for it. */
  #keyOf({ read, keys }: Lookup): string {
    const own = read.privateOnly || this.#options.habits.endingOf(keys.public) === 'private'
    return own ? keys.private : keys.public
  }
}
