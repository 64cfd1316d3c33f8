/** Where answers are kept that a repeated request gets again. */

/** Keeps texts by key; `createApp({ idempotency: { store } })` takes any implementation. */
export interface IdempotencyStore {
  /**
   * Keeps `record` for `ttl` seconds if there is none under `key`, in one atomic step.
   *
   * @returns the one that was there; `undefined` when `record` is now kept
   */
  claim(key: string, record: string, ttl: number): Promise<string | undefined>
  /** Replaces what is kept. */
  put(key: string, record: string, ttl: number): Promise<void>
  delete(key: string): Promise<void>
  close?(): Promise<void>
}

/** Options of {@link MemoryIdempotencyStore}. */
export interface MemoryIdempotencyStoreOptions {
  /** Characters of all records together; above it the oldest go. @default 67_108_864 */
  readonly maxSize?: number
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number
}

interface Kept {
  readonly record: string
  readonly expires: number
}

/** Answers of one process: a repeated request that another process gets runs again. */
export class MemoryIdempotencyStore implements IdempotencyStore {
  readonly #maxSize: number
  readonly #clock: () => number
  readonly #kept = new Map<string, Kept>()
  #size = 0

  constructor(options: MemoryIdempotencyStoreOptions = {}) {
    this.#maxSize = options.maxSize ?? 67_108_864
    this.#clock = options.clock ?? Date.now
  }

  async claim(key: string, record: string, ttl: number): Promise<string | undefined> {
    const kept = this.#kept.get(key)
    if (kept !== undefined && kept.expires > this.#clock()) return kept.record
    this.#set(key, record, ttl)
    return undefined
  }

  async put(key: string, record: string, ttl: number): Promise<void> {
    this.#set(key, record, ttl)
  }

  async delete(key: string): Promise<void> {
    this.#remove(key)
  }

  #set(key: string, record: string, ttl: number): void {
    this.#remove(key)
    this.#kept.set(key, { record, expires: this.#clock() + ttl * 1000 })
    this.#size += key.length + record.length
    // A Map keeps the order in which keys came: the first is the oldest.
    for (const oldest of this.#kept.keys()) {
      const over = this.#size > this.#maxSize && oldest !== key
      const { expires = 0 } = this.#kept.get(oldest) ?? {}
      if (!over && expires > this.#clock()) break
      this.#remove(oldest)
    }
  }

  #remove(key: string): void {
    const kept = this.#kept.get(key)
    if (kept === undefined) return
    this.#kept.delete(key)
    this.#size -= key.length + kept.record.length
  }
}
