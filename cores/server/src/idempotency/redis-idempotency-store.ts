/** Answers that several processes share, in Redis. */

import { RedisConnection, type RedisTarget } from '../cache/redis-connection.ts'
import { withinTime } from '../cache/within-time.ts'
import type { IdempotencyStore } from './idempotency-store.ts'

/** Options of {@link RedisIdempotencyStore}. */
export interface RedisIdempotencyStoreOptions {
  /** Stands before every key. @default 'mizan:' */
  readonly prefix?: string
  /** Milliseconds to wait for an answer; after that the store is out of reach. @default 1000 */
  readonly timeout?: number
}

// One step, so that of two processes only one runs the function.
const claim = `
local kept = redis.call('GET', KEYS[1])
if kept then return kept end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return false`

/** One key a request, so it works in a Cluster too. Wants a Redis that keeps what it was told: `noeviction`. */
export class RedisIdempotencyStore implements IdempotencyStore {
  readonly #connection: RedisConnection
  readonly #prefix: string
  readonly #timeout: number

  /** @param target a URL, options of ioredis, or a client that the app made and closes */
  constructor(target: RedisTarget, options: RedisIdempotencyStoreOptions = {}) {
    this.#connection = new RedisConnection(target, { mizanClaimAnswer: claim })
    this.#prefix = options.prefix ?? 'mizan:'
    this.#timeout = options.timeout ?? 1000
  }

  async claim(key: string, record: string, ttl: number): Promise<string | undefined> {
    const kept = await this.#within(async () => {
      await this.#connection.whenConnected()
      return this.#connection.run('mizanClaimAnswer', [this.#name(key)], [record, Math.ceil(ttl)])
    })
    return typeof kept === 'string' ? kept : undefined
  }

  async put(key: string, record: string, ttl: number): Promise<void> {
    const { ready } = this.#connection
    await this.#within(() => ready.set(this.#name(key), record, 'PX', Math.ceil(ttl * 1000)))
  }

  async delete(key: string): Promise<void> {
    const { ready } = this.#connection
    await this.#within(() => ready.unlink(this.#name(key)))
  }

  async close(): Promise<void> {
    this.#connection.close()
  }

  #name(key: string): string {
    return `${this.#prefix}idempotency:${key}`
  }

  #within<T>(ask: () => Promise<T>): Promise<T> {
    return withinTime(this.#timeout, ask)
  }
}
