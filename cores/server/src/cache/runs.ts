/** Runs in flight: one computation for the callers who may share it. */

import { type CacheResult, tagsOfResult } from './cache-read.ts'
import type { Habits } from './habits.ts'
import type { Lookup, Lookups } from './lookups.ts'

interface Running {
  /** What the run began under. */
  readonly versions: ReadonlyMap<string, string>
  readonly result: Promise<CacheResult>
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
   * The result of a run in flight that began under the versions that `lookup` has read, and that its caller may have;
   * otherwise nothing, also when that run fails: its caller may have left.
   */
  async join(lookup: Lookup): Promise<CacheResult | undefined> {
    const { read, keys } = lookup
    const { habits } = this.#options
    if (habits.endingOf(keys.public) === 'unstorable') return undefined
    const key = this.#keyOf(lookup)
    const running = this.#running.get(key)
    if (running === undefined || !(await this.#beganUnder(running, lookup))) return undefined
    const result = await running.result.catch(() => undefined)
    if (result === undefined) return undefined
    const mine =
      result.visibility === 'public' || (result.visibility === 'private' && key === keys.private)
    const tags = tagsOfResult(read, result)
    // A tag that the run learnt has no version from before it: something may have changed it since.
    const known = tags.every((tag) => running.versions.has(tag))
    return mine && known ? result : undefined
  }

  /** Computes and keeps, for this caller and those who join. */
  async lead(
    lookup: Lookup,
    versions: ReadonlyMap<string, string>,
    compute: () => Promise<CacheResult>,
  ): Promise<CacheResult> {
    const key = this.#keyOf(lookup)
    const running: Running = { versions, result: this.#compute(lookup, compute) }
    this.#running.set(key, running)
    try {
      const result = await running.result
      // Until it is kept, those who came too early for a hit can still join.
      await this.#options.lookups.keep(lookup, result)
      return result
    } finally {
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
