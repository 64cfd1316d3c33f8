/** Counts of rate limits that several processes share, in Redis. */

import { createHash } from 'node:crypto'
import { RedisConnection, type RedisTarget } from '../cache/redis-connection.ts'
import { withinTime } from '../cache/within-time.ts'
import type { Quota, RateLimitStore, Taken } from './rate-limit-store.ts'

/** Options of {@link RedisRateLimitStore}. */
export interface RedisRateLimitStoreOptions {
  /** Stands before every key. @default 'mizan:' */
  readonly prefix?: string
  /** Milliseconds to wait for an answer; after that nobody is limited. @default 250 */
  readonly timeout?: number
}

/**
 * The rule of `takeOne` in one step, by the clock of Redis: processes whose clocks differ count alike. Microseconds, as
 * whole numbers; what is kept ends by itself when the quota is whole again.
 */
const takeScript = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local whole = tonumber(ARGV[2]) * 1000000
local step = whole / tonumber(ARGV[1])
local before = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local after = before + step
local allowed = after - now <= whole + 1
local kept = before
if allowed then
  kept = after
  redis.call('SET', KEYS[1], string.format('%.0f', kept), 'PX', math.ceil((kept - now) / 1000))
end
local reset = kept - now
if not allowed then reset = after - now - whole end
return {allowed and 1 or 0, math.max(0, math.floor((whole - (kept - now)) / step + 0.001)), math.ceil(reset / 1000000)}`

/** One key for each caller, by digest: what a caller is called may hold anything. */
export class RedisRateLimitStore implements RateLimitStore {
  readonly #connection: RedisConnection
  readonly #prefix: string
  readonly #timeout: number

  /** @param target a URL, options of ioredis, or a client that the app made and closes */
  constructor(target: RedisTarget, options: RedisRateLimitStoreOptions = {}) {
    this.#connection = new RedisConnection(target, { mizanTakeRate: takeScript })
    this.#prefix = options.prefix ?? 'mizan:'
    this.#timeout = options.timeout ?? 250
  }

  /** @throws Error when Redis is out of reach */
  async take(key: string, { limit, window }: Quota): Promise<Taken> {
    const digest = createHash('sha256').update(key).digest('base64url')
    const reply = await withinTime(this.#timeout, async () => {
      await this.#connection.whenConnected()
      return this.#connection.run(
        'mizanTakeRate',
        [`${this.#prefix}rate:${digest}`],
        [limit, window],
      )
    })
    // cast: what the script returns
    const [allowed, remaining = 0, reset = 0] = reply as readonly number[]
    return { allowed: allowed === 1, remaining, reset }
  }

  /** Closes a connection that was opened here. */
  async close(): Promise<void> {
    this.#connection.close()
  }
}
