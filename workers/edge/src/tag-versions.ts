/** The Durable Object that holds the versions of one context's tags, or of a share of the data's. */

import type { DurableObjectStateLike, DurableObjectStorageLike } from './platform.ts'
import { maximumTtl } from './entry-store.ts'

/** A question for versions. */
export interface ReadBody {
  readonly read: readonly string[]
}

/** An order for new versions. */
export interface BumpBody {
  readonly bump: readonly string[]
}

/** The answer to a read: every tag that was asked for. */
export interface VersionsBody {
  readonly versions: Readonly<Record<string, string>>
}

/** Limits of {@link TagVersions}; a subclass may pass others. */
export interface TagVersionsOptions {
  /**
   * Milliseconds for which a version is kept at least; longer than any entry that may hold one from before it.
   * @default 25 hours
   */
  readonly retention?: number
  /**
   * Tags above which the object forgets all at once, which makes everything that depends on it a miss.
   * @default 50,000
   */
  readonly maximumTags?: number
}

interface Version {
  readonly version: string
  /** When it was made, in milliseconds. */
  readonly at: number
}

/** No tag: tags begin with a letter. */
const epochKey = '#epoch'
/** Keys that the storage takes in one operation. */
const storageBatch = 128
const hour = 3_600_000

/**
 * Versions are random, and a tag that was never bumped has the object's epoch for its version. So reads write nothing,
 * whatever they ask for, and lost storage revives no entry: it comes with another epoch.
 *
 * @see PROTOCOL sections 6 and 9
 */
export class TagVersions {
  readonly #storage: DurableObjectStorageLike
  readonly #retention: number
  readonly #maximumTags: number
  #epoch = ''
  #versions = new Map<string, Version>()

  constructor(state: DurableObjectStateLike, _env: unknown, options: TagVersionsOptions = {}) {
    this.#storage = state.storage
    this.#retention = options.retention ?? maximumTtl * 1_000 + hour
    this.#maximumTags = options.maximumTags ?? 50_000
    void state.blockConcurrencyWhile(() => this.#load())
  }

  /** Answers {@link ReadBody} and {@link BumpBody}; only Workers with the binding can reach it. */
  async fetch(request: Request): Promise<Response> {
    // cast: the edge is the only caller, and what is neither is refused
    const body = (await request.json()) as Partial<ReadBody & BumpBody>
    if (body.read !== undefined) return Response.json({ versions: this.#read(body.read) })
    if (body.bump === undefined) return new Response(null, { status: 400 })
    await this.#bump(body.bump)
    return Response.json({})
  }

  /** Forgets versions that no living entry can contradict. */
  async alarm(): Promise<void> {
    const limit = Date.now() - this.#retention
    const old = [...this.#versions].filter(([, { at }]) => at <= limit).map(([tag]) => tag)
    for (const tag of old) this.#versions.delete(tag)
    // All at once: a tag that was bumped between two of these would lose its new version.
    await Promise.all(batches(old).map((tags) => this.#storage.delete(tags)))
    if (this.#versions.size > 0) await this.#storage.setAlarm(Date.now() + this.#retention)
  }

  async #load(): Promise<void> {
    const stored = await this.#storage.list<Version>()
    const epoch = stored.get(epochKey)
    stored.delete(epochKey)
    this.#versions = stored
    if (epoch === undefined) await this.#startEpoch()
    else this.#epoch = epoch.version
  }

  #read(tags: readonly string[]): Record<string, string> {
    return Object.fromEntries(
      tags.map((tag) => [tag, this.#versions.get(tag)?.version ?? this.#epoch]),
    )
  }

  async #bump(tags: readonly string[]): Promise<void> {
    if (this.#versions.size + tags.length > this.#maximumTags) {
      await this.#forget()
      return
    }
    const fresh = tags.map((tag) => [tag, newVersion()] as const)
    for (const [tag, version] of fresh) this.#versions.set(tag, version)
    // The runtime writes what is put without a pause as one, and holds back the answer until it is on disk.
    await Promise.all(
      batches(fresh).map((entries) => this.#storage.put(Object.fromEntries(entries))),
    )
    if ((await this.#storage.getAlarm()) === null) {
      await this.#storage.setAlarm(Date.now() + this.#retention)
    }
  }

  /** The epoch first: were storage to fail half-way, no tag may fall back to the old one. */
  async #forget(): Promise<void> {
    const epoch = newVersion()
    this.#epoch = epoch.version
    this.#versions.clear()
    await this.#storage.deleteAll()
    await this.#storage.put({ [epochKey]: epoch })
  }

  async #startEpoch(): Promise<void> {
    const epoch = newVersion()
    await this.#storage.put({ [epochKey]: epoch })
    this.#epoch = epoch.version
  }
}

function batches<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / storageBatch)
  return Array.from({ length: count }, (_, index) =>
    items.slice(index * storageBatch, (index + 1) * storageBatch),
  )
}

function newVersion(): Version {
  return { version: crypto.randomUUID(), at: Date.now() }
}
