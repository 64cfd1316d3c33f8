/** Reading and writing entries: a hit needs every stored version to equal one read after the request began. */

import { Breaker } from './breaker.ts'
import {
  type CacheKeys,
  type CacheRead,
  cacheKeysOf,
  type CacheResult,
  tagsOfResult,
} from './cache-read.ts'
import type { CacheStore } from './cache-store.ts'
import { type Entry, EntrySeal } from './entry.ts'
import type { Habits } from './habits.ts'
import { createMac, type Mac } from './mac.ts'
import type { Purges } from './purges.ts'
import { withinTime } from './within-time.ts'

/** What one read found. */
export interface Lookup {
  readonly read: CacheRead
  readonly keys: CacheKeys
  /** An entry whose tags are unchanged. */
  readonly hit: Entry | undefined
  /** Its time has passed: it is to be made anew. */
  readonly isStale: boolean
  /** Versions of the tags that were known before the run; `undefined` when the store did not answer. */
  readonly versions: ReadonlyMap<string, string> | undefined
  /** Tags that the store did not know to be changed when the request began. */
  readonly owed: ReadonlySet<string>
}

/** What lookups work with. */
export interface LookupsOptions {
  readonly store: CacheStore
  readonly secret: string
  /** Milliseconds after which the store is slower than running the functions. */
  readonly patience: number
  readonly clock: () => number
  readonly habits: Habits
  readonly purges: Purges
  readonly onFailure: (error: unknown, step: string) => void
  readonly onSuccess: () => void
  readonly onStored: () => void
}

type Found = Pick<Lookup, 'hit' | 'isStale' | 'versions'>

const nothing: Found = { hit: undefined, isStale: false, versions: undefined }

/** Never rejects: what the store cannot answer in time is a miss. */
export class Lookups {
  readonly #options: LookupsOptions
  readonly #seal: EntrySeal
  readonly #mac: Mac
  readonly #breaker: Breaker

  constructor(options: LookupsOptions) {
    this.#options = options
    this.#seal = new EntrySeal(options.secret)
    this.#mac = createMac(options.secret)
    this.#breaker = new Breaker(options.clock)
  }

  /** Finds an entry, or the versions that a run begins under. */
  async look(read: CacheRead): Promise<Lookup> {
    const keys = cacheKeysOf(read, this.#mac)
    const { owed } = this.#options.purges
    const found = await this.#inTime('lookup', () => this.#ask(read, keys, owed))
    return { read, keys, owed, ...(found ?? nothing) }
  }

  /** `known`, and the versions of `tags` that it lacks; `undefined` when the store does not answer. */
  async versionsOf(
    tags: Iterable<string>,
    known: ReadonlyMap<string, string>,
  ): Promise<ReadonlyMap<string, string> | undefined> {
    const missing = [...tags].filter((tag) => !known.has(tag))
    if (missing.length === 0) return known
    const current = new Map(known)
    return this.#inTime('lookup', async () => {
      await this.#refresh(current, missing)
      return current
    })
  }

  /** Keeps `result` if each of its tags had a version before the run; else remembers the tags for the next run. */
  async keep({ read, keys, versions }: Lookup, result: CacheResult): Promise<void> {
    const { habits, clock, store } = this.#options
    if (versions === undefined || result.visibility === 'unstorable') return
    const own = read.privateOnly || result.visibility === 'private'
    const key = own ? keys.private : keys.public
    const dataTags = habits.toTags(key, result.dataTags)
    const tags = tagsOfResult(read, { dataTags })
    if (!tags.every((tag) => versions.has(tag))) {
      habits.learn(key, dataTags)
      return
    }
    habits.settle(key)
    const { ttl, staleFor = 0 } = read
    const now = clock()
    const entry: Entry = {
      visibility: own ? 'private' : 'public',
      artifact: read.artifact,
      expires: now + ttl * 1000,
      staleUntil: now + (ttl + staleFor) * 1000,
      versions: tags.map((tag) => [tag, versions.get(tag) ?? '']),
      dataTags,
      body: result.body,
    }
    await this.#inTime('write', async () => {
      const current = await store.ensureVersions(tags)
      // Ended while it ran: nobody would be served it, and it may lie over what a later run has kept.
      if (entry.versions.some(([, version], index) => current[index] !== version)) return
      await store.write(key, this.#seal.close(key, entry), ttl + staleFor)
      this.#options.onStored()
    })
  }

  async #ask(read: CacheRead, keys: CacheKeys, owed: ReadonlySet<string>): Promise<Found> {
    const { store, habits, clock } = this.#options
    // The private entry first: what was made for this caller is never less right than what is for everybody.
    const names = read.privateOnly ? [keys.private] : [keys.private, keys.public]
    const expected = new Set([...read.tags, ...names.flatMap((key) => habits.tagsOf(key))])
    const current = new Map<string, string>()
    const [texts] = await Promise.all([store.read(names), this.#refresh(current, [...expected])])
    const entries = texts.flatMap((text, index) => this.#open(read, names[index] ?? '', text) ?? [])
    // An entry of another process, or one that has ended, tells tags that nobody here has learnt yet.
    const told = new Set(
      entries
        .flatMap(({ versions }) => versions.map(([tag]) => tag))
        .filter((tag) => !expected.has(tag)),
    )
    if (told.size > 0) await this.#refresh(current, [...told])
    const unchanged = entries.filter((entry) => isUnchanged(entry, current, owed))
    const now = clock()
    const hit = unchanged.find(({ expires }) => expires > now)
    if (hit !== undefined) return { hit, isStale: false, versions: current }
    const missing = [...expected, ...told].filter((tag) => !current.has(tag))
    if (missing.length > 0) pair(current, missing, await store.ensureVersions(missing))
    const stale = unchanged.find(({ staleUntil }) => staleUntil > now)
    return { hit: stale, isStale: stale !== undefined, versions: current }
  }

  async #refresh(current: Map<string, string>, tags: readonly string[]): Promise<void> {
    pair(current, tags, await this.#options.store.versions(tags))
  }

  #open(read: CacheRead, key: string, text: string | undefined): Entry | undefined {
    const entry = text === undefined ? undefined : this.#seal.open(key, text)
    return entry?.artifact === read.artifact ? entry : undefined
  }

  async #inTime<T>(step: string, work: () => Promise<T>): Promise<T | undefined> {
    if (this.#breaker.isOpen) return undefined
    try {
      const result = await withinTime(this.#options.patience, work)
      this.#breaker.succeeded()
      this.#options.onSuccess()
      return result
    } catch (error) {
      this.#breaker.failed(error)
      this.#options.onFailure(error, step)
      return undefined
    }
  }
}

function isUnchanged(
  { versions }: Entry,
  current: ReadonlyMap<string, string>,
  owed: ReadonlySet<string>,
): boolean {
  return versions.every(([tag, version]) => current.get(tag) === version && !owed.has(tag))
}

function pair(
  current: Map<string, string>,
  tags: readonly string[],
  versions: readonly (string | undefined)[],
): void {
  for (const [index, tag] of tags.entries()) {
    const version = versions[index]
    if (version !== undefined) current.set(tag, version)
  }
}
