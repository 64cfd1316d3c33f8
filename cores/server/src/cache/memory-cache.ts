/** A cache store in this process, bounded in bytes: least recently used goes first. */

import { randomUUID } from 'node:crypto'
import type { CacheStore } from './cache-store.ts'

/** Options of {@link MemoryCache}. */
export interface MemoryCacheOptions {
  /** Bytes of entries; versions of tags may take a quarter of it besides. @default 67_108_864 (64 MiB) */
  readonly maximumBytes?: number
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number
}

interface Kept {
  readonly value: string
  readonly expires: number
}

/** One process's cache. Nothing survives it, which is safe: what is missing is a miss. */
export class MemoryCache implements CacheStore {
  readonly #clock: () => number
  readonly #entries: BoundedMap<Kept>
  /** Apart from the entries, so that a burst of entries cannot push the versions out that keep others valid. */
  readonly #versions: BoundedMap<string>

  constructor(options: MemoryCacheOptions = {}) {
    const maximumBytes = options.maximumBytes ?? 64 * 1024 * 1024
    this.#clock = options.clock ?? Date.now
    this.#entries = new BoundedMap(maximumBytes, ({ value }) => value.length)
    this.#versions = new BoundedMap(Math.ceil(maximumBytes / 4), (version) => version.length)
  }

  async read(keys: readonly string[]): Promise<readonly (string | undefined)[]> {
    return keys.map((key) => {
      const kept = this.#entries.get(key)
      if (kept === undefined || kept.expires > this.#clock()) return kept?.value
      this.#entries.delete(key)
      return undefined
    })
  }

  async write(key: string, value: string, ttl: number): Promise<void> {
    this.#entries.set(key, { value, expires: this.#clock() + ttl * 1000 })
  }

  async versions(tags: readonly string[]): Promise<readonly (string | undefined)[]> {
    return tags.map((tag) => this.#versions.get(tag))
  }

  async ensureVersions(tags: readonly string[]): Promise<readonly string[]> {
    return tags.map((tag) => {
      const known = this.#versions.get(tag)
      if (known !== undefined) return known
      const version = randomUUID()
      this.#versions.set(tag, version)
      return version
    })
  }

  async bump(tags: readonly string[]): Promise<void> {
    // Forgetting ends a version as well as replacing it, and a purge of what nobody read costs no memory.
    for (const tag of tags) this.#versions.delete(tag)
  }
}

/** Rough bytes that a Map entry and its strings' headers take. */
const overhead = 128

/** A map in order of use that forgets the oldest when it holds too many bytes. */
class BoundedMap<Value> {
  readonly #limit: number
  readonly #lengthOf: (value: Value) => number
  readonly #values = new Map<string, Value>()
  #bytes = 0

  constructor(limit: number, lengthOf: (value: Value) => number) {
    this.#limit = limit
    this.#lengthOf = lengthOf
  }

  get(key: string): Value | undefined {
    const value = this.#values.get(key)
    if (value === undefined) return undefined
    this.#values.delete(key)
    this.#values.set(key, value)
    return value
  }

  set(key: string, value: Value): void {
    this.delete(key)
    const bytes = this.#bytesOf(key, value)
    if (bytes > this.#limit) return
    this.#values.set(key, value)
    this.#bytes += bytes
    for (const oldest of this.#values.keys()) {
      if (this.#bytes <= this.#limit) return
      this.delete(oldest)
    }
  }

  delete(key: string): void {
    const value = this.#values.get(key)
    if (value === undefined) return
    this.#values.delete(key)
    this.#bytes -= this.#bytesOf(key, value)
  }

  /** Strings take up to two bytes a unit. */
  #bytesOf(key: string, value: Value): number {
    return overhead + 2 * (key.length + this.#lengthOf(value))
  }
}
