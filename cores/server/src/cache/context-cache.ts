/** The origin cache: lookups by tag versions, one run for many callers, purges (PROTOCOL section 6). */

import { deriveCacheKey } from './cache-key.ts'
import type { CacheStore } from './cache-store.ts'
import { type Entry, EntrySeal, type Kept } from './entry.ts'
import { LearntTags } from './learnt-tags.ts'
import { Purges } from './purges.ts'
import { withinTime } from './within-time.ts'

/** What a context's answer is looked up by. */
export interface CacheRead {
  readonly context: string
  /** Texts of the validated params; absent ones left out. */
  readonly params: Readonly<Record<string, string>>
  readonly rev: number
  /** Digest of the artifact; an entry made under another one is a miss. */
  readonly artifact: string
  /** Seconds. */
  readonly ttl: number
  /** The principal's id; `null` for an anonymous caller. */
  readonly user: string | null
  /** Digest of what else of the principal may be read. */
  readonly principalKey?: string
  /** The context is guarded, or about one user: never a public entry. */
  readonly privateOnly: boolean
  /** Tags of the instance, `tagsOfInstance`. */
  readonly tags: readonly string[]
}

/** What a run made, and what it touched on the way. */
export interface CacheResult {
  readonly body: string
  readonly visibility: Kept | 'unstorable'
  /** `db:tasks`, `db:tasks:project_id=5`, …: what the data core observed. */
  readonly dataTags: readonly string[]
}

/** One lookup. */
export interface CacheVisit {
  readonly hit: { readonly body: string; readonly visibility: Kept; readonly dataTags: readonly string[] } | undefined
  /** Keeps a result that was computed after this visit was opened. Never rejects. */
  store(result: CacheResult): Promise<void>
}

/** How {@link ContextCache.run} came by its body. `bypass`: the store was not there to ask. */
export type CacheOutcome = 'hit' | 'miss' | 'joined' | 'bypass'

/** A body, and what invalidates it. */
export interface CacheAnswer {
  readonly body: string
  readonly outcome: CacheOutcome
  readonly visibility: CacheResult['visibility']
  readonly tags: readonly string[]
}

/** Where the cache reports what it lives through; the server's logger fits. */
export interface CacheLogger {
  warn(facts: Readonly<Record<string, unknown>>, message: string): void
}

/** Options of {@link ContextCache}. */
export interface ContextCacheOptions {
  readonly store: CacheStore
  /** At least 32 bytes; names keys and seals entries. */
  readonly secret: string
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number
  readonly logger?: CacheLogger
}

/** Milliseconds after which the store is slower than running the functions. */
const patience = 50
const minimumSecretBytes = 32

interface Keys {
  readonly public: string
  readonly private: string
}

interface Lookup {
  readonly read: CacheRead
  readonly keys: Keys
  readonly hit: Entry | undefined
  /** Versions of the tags that were known before the run; `undefined` when the store did not answer. */
  readonly versions: ReadonlyMap<string, string> | undefined
}

interface Running {
  readonly versions: ReadonlyMap<string, string>
  readonly result: Promise<CacheResult>
}

/**
 * An entry holds the version of each of its tags, read before its run; a hit needs every one to equal a version read
 * after the request began. So no purge has to find entries, and none can miss one: neither a run in flight nor
 * an entry written late can outlive the version it began under.
 */
export class ContextCache {
  readonly #store: CacheStore
  readonly #secret: string
  readonly #clock: () => number
  readonly #logger: CacheLogger | undefined
  readonly #seal: EntrySeal
  readonly #purges: Purges
  readonly #learnt = new LearntTags()
  readonly #running = new Map<string, Running>()
  #answering = true

  /** @throws TypeError for a secret under 32 bytes. */
  constructor(options: ContextCacheOptions) {
    const bytes = Buffer.byteLength(options.secret)
    if (bytes < minimumSecretBytes) {
      throw new TypeError(`cache.secret must have at least ${minimumSecretBytes} bytes, got ${bytes}`)
    }
    this.#store = options.store
    this.#secret = options.secret
    this.#clock = options.clock ?? Date.now
    this.#logger = options.logger
    this.#seal = new EntrySeal(options.secret)
    this.#purges = new Purges(options.store, { onDeferred: (error) => this.#failed(error, 'purge') })
  }

  /** Looks up; on a miss, `store` keeps what was computed since. */
  async open(read: CacheRead): Promise<CacheVisit> {
    const lookup = await this.#look(read)
    return { hit: lookup.hit, store: (result) => this.#keep(lookup, result) }
  }

  /**
   * The cached body, that of a run already in flight, or that of `compute`.
   *
   * @throws what `compute` throws; never for the store
   */
  async run(read: CacheRead, compute: () => Promise<CacheResult>): Promise<CacheAnswer> {
    const lookup = await this.#look(read)
    if (lookup.hit !== undefined) return answer(read, lookup.hit, 'hit')
    const { versions } = lookup
    if (versions === undefined) return answer(read, await compute(), 'bypass')
    const joined = await this.#join(lookup, versions)
    if (joined !== undefined) return answer(read, joined, 'joined')
    const result = await this.#lead(lookup, versions, compute)
    await this.#keep(lookup, result)
    return answer(read, result, 'miss')
  }

  /**
   * Ends every entry that has one of `tags`, on every process that shares the store. `deferred` when the store could not be
   * told yet: this process serves none of them meanwhile, others may.
   */
  async purge(tags: readonly string[]): Promise<{ deferred: boolean }> {
    return tags.length === 0 ? { deferred: false } : this.#purges.purge([...new Set(tags)])
  }

  async #look(read: CacheRead): Promise<Lookup> {
    const keys = this.#keysOf(read)
    try {
      const found = await withinTime(patience, () => this.#ask(read, keys))
      this.#answering = true
      return { read, keys, ...found }
    } catch (error) {
      this.#failed(error, 'lookup')
      return { read, keys, hit: undefined, versions: undefined }
    }
  }

  async #ask(read: CacheRead, keys: Keys): Promise<Pick<Lookup, 'hit' | 'versions'>> {
    // The private entry first: what was made for this caller is never less right than what is for everybody.
    const names = read.privateOnly ? [keys.private] : [keys.private, keys.public]
    const expected = new Set([...read.tags, ...names.flatMap((key) => this.#learnt.of(key))])
    const current = new Map<string, string>()
    const [texts] = await Promise.all([this.#store.read(names), this.#refresh(current, [...expected])])
    const entries = texts.flatMap((text, index) => this.#open(read, names[index] ?? '', text) ?? [])
    // An entry that another process wrote, or an ended one, tells tags that nobody here has learnt yet.
    const told = new Set(entries.flatMap((entry) => Object.keys(entry.versions)).filter((tag) => !expected.has(tag)))
    if (told.size > 0) await this.#refresh(current, [...told])
    const hit = entries.find((entry) => this.#isFresh(entry, current))
    if (hit !== undefined) return { hit, versions: current }
    const missing = [...expected, ...told].filter((tag) => !current.has(tag))
    if (missing.length > 0) {
      const created = await this.#store.ensureVersions(missing)
      for (const [index, tag] of missing.entries()) set(current, tag, created[index])
    }
    return { hit: undefined, versions: current }
  }

  async #refresh(current: Map<string, string>, tags: readonly string[]): Promise<void> {
    const versions = await this.#store.versions(tags)
    for (const [index, tag] of tags.entries()) set(current, tag, versions[index])
  }

  #open(read: CacheRead, key: string, text: string | undefined): Entry | undefined {
    const entry = text === undefined ? undefined : this.#seal.open(key, text)
    return entry?.artifact === read.artifact ? entry : undefined
  }

  #isFresh(entry: Entry, current: ReadonlyMap<string, string>): boolean {
    return (
      entry.expires > this.#clock() &&
      !this.#purges.owes(Object.keys(entry.versions)) &&
      Object.entries(entry.versions).every(([tag, version]) => current.get(tag) === version)
    )
  }

  /** The result of a run in flight that this caller may have, or nothing. */
  async #join(lookup: Lookup, versions: ReadonlyMap<string, string>): Promise<CacheResult | undefined> {
    const running = this.#running.get(this.#sharedKey(lookup))
    if (running === undefined || !(await this.#beganUnder(running, versions))) return undefined
    let result: CacheResult
    try {
      result = await running.result
    } catch {
      return undefined
    }
    const shared = result.visibility === 'public' || (result.visibility === 'private' && lookup.read.privateOnly)
    const tags = [...lookup.read.tags, ...result.dataTags]
    // A tag learnt in that run has no version from before it: something may have ended it since.
    const known = tags.every((tag) => running.versions.has(tag))
    return shared && known && !this.#purges.owes(tags) ? result : undefined
  }

  async #beganUnder(running: Running, versions: ReadonlyMap<string, string>): Promise<boolean> {
    const current = new Map(versions)
    const unread = [...running.versions.keys()].filter((tag) => !current.has(tag))
    try {
      if (unread.length > 0) await withinTime(patience, () => this.#refresh(current, unread))
    } catch (error) {
      this.#failed(error, 'lookup')
      return false
    }
    return [...running.versions].every(([tag, version]) => current.get(tag) === version)
  }

  async #lead(
    lookup: Lookup,
    versions: ReadonlyMap<string, string>,
    compute: () => Promise<CacheResult>,
  ): Promise<CacheResult> {
    const key = this.#sharedKey(lookup)
    const running: Running = { versions, result: compute().then((result) => this.#widened(lookup, result)) }
    this.#running.set(key, running)
    try {
      return await running.result
    } finally {
      // A later run may have taken the place; callers of now have more use for that one.
      if (this.#running.get(key) === running) this.#running.delete(key)
    }
  }

  async #keep(lookup: Lookup, given: CacheResult): Promise<void> {
    const { read, keys, versions } = lookup
    const result = this.#widened(lookup, given)
    const { visibility, dataTags, body } = result
    if (versions === undefined || visibility === 'unstorable') return
    const key = visibility === 'private' || read.privateOnly ? keys.private : keys.public
    const tags = [...new Set([...read.tags, ...dataTags])]
    const known = tags.flatMap((tag): [string, string][] => {
      const version = versions.get(tag)
      return version === undefined ? [] : [[tag, version]]
    })
    if (known.length < tags.length) {
      this.#learnt.learn(key, dataTags)
      return
    }
    if (this.#purges.owes(tags)) return
    const expires = this.#clock() + read.ttl * 1000
    const entry: Entry = {
      visibility: key === keys.private ? 'private' : 'public',
      artifact: read.artifact,
      expires,
      versions: Object.fromEntries(known),
      dataTags,
      body,
    }
    try {
      await withinTime(patience, () => this.#store.write(key, this.#seal.close(key, entry), read.ttl))
    } catch (error) {
      this.#failed(error, 'write')
    }
  }

  #widened(lookup: Lookup, result: CacheResult): CacheResult {
    const own = result.visibility === 'private' || lookup.read.privateOnly
    const dataTags = this.#learnt.toTags(own ? lookup.keys.private : lookup.keys.public, result.dataTags)
    return dataTags === result.dataTags ? result : { ...result, dataTags }
  }

  /** Callers of one running computation are those who would read the same entry. */
  #sharedKey({ read, keys }: Lookup): string {
    return read.privateOnly ? keys.private : keys.public
  }

  #keysOf(read: CacheRead): Keys {
    const { context, params, rev, user, principalKey } = read
    const identity = { secret: this.#secret, context, params, rev }
    return {
      public: deriveCacheKey(identity),
      private: deriveCacheKey({
        ...identity,
        user,
        ...(principalKey === undefined ? {} : { principalKey }),
      }),
    }
  }

  /** Says once that the store is gone, not with each request that does without it. */
  #failed(error: unknown, step: string): void {
    if (this.#answering) this.#logger?.warn({ error, step }, 'the cache store does not answer; going on without it')
    this.#answering = false
  }
}

function set(current: Map<string, string>, tag: string, version: string | undefined): void {
  if (version !== undefined) current.set(tag, version)
}

function answer(
  read: CacheRead,
  result: Pick<CacheResult, 'body' | 'visibility' | 'dataTags'>,
  outcome: CacheOutcome,
): CacheAnswer {
  return {
    body: result.body,
    outcome,
    visibility: result.visibility,
    tags: [...new Set([...read.tags, ...result.dataTags])],
  }
}
