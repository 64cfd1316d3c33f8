/** The bus of an app that runs in several processes, on Redis. */

import { Cluster, Redis, type RedisOptions } from 'ioredis'
import type { Follower, KeepOptions, LiveBus, LogTail, Member } from './live-bus.ts'

/** Options of {@link RedisBus}. */
export interface RedisBusOptions {
  /** `redis://…`, options of ioredis, or a client (also of a Cluster), which is duplicated and left to its owner. */
  readonly redis: string | RedisOptions | Redis | Cluster
  /** Before every key and channel. @default 'mizan:' */
  readonly prefix?: string
  /** Milliseconds between attempts to connect again. @default 500 */
  readonly retry?: number
}

// One step, so that the number, what is kept and what is told agree. A log that was lost begins far ahead, so that no
// client takes the new numbers for the old ones.
const appendScript = `
local seq
if redis.call('EXISTS', KEYS[1]) == 1 then
  -- Lua would print it with 14 digits.
  seq = string.format('%.0f', redis.call('INCR', KEYS[1]))
else
  local time = redis.call('TIME')
  seq = string.format('%.0f', (tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)) * 1000 + 1)
  redis.call('SET', KEYS[1], seq)
end
local line = seq .. ' ' .. ARGV[2]
redis.call('EXPIRE', KEYS[1], ARGV[4])
if tonumber(ARGV[3]) > 0 then
  redis.call('RPUSH', KEYS[2], line)
  redis.call('LTRIM', KEYS[2], -tonumber(ARGV[3]), -1)
  redis.call('EXPIRE', KEYS[2], ARGV[4])
end
redis.call('PUBLISH', ARGV[1], line)
return seq
`

const tailScript = `return { redis.call('GET', KEYS[1]) or '0', redis.call('LRANGE', KEYS[2], 0, -1) }`

// Members whose process died expire one by one; the hash as a whole goes with the last of them.
const presentScript = `
local now = tonumber(redis.call('TIME')[1])
local infos = {}
local members = redis.call('HGETALL', KEYS[1])
for at = 1, #members, 2 do
  local expires, info = string.match(members[at + 1], '^(%d+) (.*)$')
  if tonumber(expires) > now then infos[#infos + 1] = info else redis.call('HDEL', KEYS[1], members[at]) end
end
return infos
`

const enterScript = `
local expires = tonumber(redis.call('TIME')[1]) + tonumber(ARGV[3])
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', expires) .. ' ' .. ARGV[2])
redis.call('EXPIRE', KEYS[1], 86400)
`

/**
 * Publishes over one connection and follows over another. While Redis is out of reach every method rejects at once; when
 * it is back, every topic is followed again and its followers are told that messages were lost.
 */
export class RedisBus implements LiveBus {
  readonly #prefix: string
  readonly #commands: Redis | Cluster
  readonly #feed: Redis | Cluster
  readonly #followers = new Map<string, Set<Follower>>()
  /** Topics are followed and left one after the other. */
  #turn: Promise<unknown> = Promise.resolve()
  /** Settles with the first attempt to connect, so that who comes early is not turned away. */
  readonly #opened: Promise<unknown>

  constructor(options: RedisBusOptions) {
    this.#prefix = `${options.prefix ?? 'mizan:'}live:`
    const retry = options.retry ?? 500
    this.#commands = connect(options.redis, retry)
    this.#feed = connect(options.redis, retry)
    this.#feed.on('message', (channel: string, text: string) => {
      for (const follower of this.#followers.get(channel.slice(this.#prefix.length)) ?? [])
        follower.onMessage(text)
    })
    this.#feed.on('ready', () => void this.#followAgain())
    this.#opened = Promise.all([firstAttempt(this.#commands), firstAttempt(this.#feed)])
  }

  async publish(topic: string, text: string): Promise<void> {
    await this.#opened
    await this.#commands.publish(this.#prefix + topic, text)
  }

  async follow(topic: string, follower: Follower): Promise<() => void> {
    await this.#opened
    const followers = this.#followers.get(topic) ?? new Set()
    this.#followers.set(topic, followers.add(follower))
    if (followers.size === 1) {
      // Out of reach it is followed with all the others, once Redis is back.
      await this.#next(() => this.#feed.subscribe(this.#prefix + topic)).catch(() => undefined)
    } else await this.#turn
    return () => {
      followers.delete(follower)
      if (followers.size > 0 || this.#followers.get(topic) !== followers) return
      this.#followers.delete(topic)
      void this.#next(async () => {
        if (!this.#followers.has(topic)) await this.#feed.unsubscribe(this.#prefix + topic)
      }).catch(() => undefined)
    }
  }

  async append(topic: string, text: string, keep: KeepOptions): Promise<number> {
    await this.#opened
    const args = [this.#prefix + topic, text, keep.count, keep.ttl]
    return Number(
      await this.#commands.eval(
        appendScript,
        2,
        this.#key(topic, 'seq'),
        this.#key(topic, 'log'),
        ...args,
      ),
    )
  }

  async tail(topic: string, after: number): Promise<LogTail> {
    await this.#opened
    const keys = [this.#key(topic, 'seq'), this.#key(topic, 'log')] as const
    // cast: what the script returns
    const [seq, lines] = (await this.#commands.eval(tailScript, 2, ...keys)) as [string, string[]]
    return {
      seq: Number(seq),
      messages: lines
        .map((line) => {
          const space = line.indexOf(' ')
          return { seq: Number(line.slice(0, space)), text: line.slice(space + 1) }
        })
        .filter((message) => message.seq > after),
    }
  }

  async enter(topic: string, { id, info, ttl }: Member): Promise<void> {
    await this.#opened
    await this.#commands.eval(enterScript, 1, this.#key(topic, 'who'), id, info, ttl)
  }

  async leave(topic: string, id: string): Promise<void> {
    await this.#opened
    await this.#commands.hdel(this.#key(topic, 'who'), id)
  }

  async present(topic: string): Promise<readonly string[]> {
    await this.#opened
    // cast: what the script returns
    return (await this.#commands.eval(presentScript, 1, this.#key(topic, 'who'))) as string[]
  }

  async put(key: string, text: string, ttl: number): Promise<void> {
    await this.#opened
    await this.#commands.set(this.#key(key, 'text'), text, 'EX', ttl)
  }

  async take(key: string): Promise<string | undefined> {
    await this.#opened
    return (await this.#commands.getdel(this.#key(key, 'text'))) ?? undefined
  }

  async close(): Promise<void> {
    this.#followers.clear()
    for (const client of [this.#feed, this.#commands]) client.disconnect()
  }

  /** The braces keep the keys of one topic in one slot of a Cluster. */
  #key(topic: string, part: string): string {
    return `${this.#prefix}{${topic}}:${part}`
  }

  async #followAgain(): Promise<void> {
    const topics = [...this.#followers.keys()]
    if (topics.length === 0) return
    try {
      await this.#next(() => this.#feed.subscribe(...topics.map((topic) => this.#prefix + topic)))
    } catch {
      return // the connection was lost again, and comes back here
    }
    for (const topic of topics) {
      for (const follower of this.#followers.get(topic) ?? []) follower.onLost()
    }
  }

  #next<T>(step: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(step)
    this.#turn = done.catch(() => undefined)
    return done
  }
}

function connect(redis: RedisBusOptions['redis'], retry: number): Redis | Cluster {
  const settings = {
    // What cannot be sent now is told to the caller, who knows what to do without it.
    enableOfflineQueue: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    retryStrategy: () => retry,
  }
  const client =
    typeof redis === 'string'
      ? new Redis(redis, settings)
      : redis instanceof Cluster
        ? redis.duplicate([], {
            enableOfflineQueue: false,
            clusterRetryStrategy: () => retry,
            redisOptions: { ...redis.options.redisOptions, autoResubscribe: false },
          })
        : redis instanceof Redis
          ? redis.duplicate(settings)
          : new Redis({ ...redis, ...settings })
  // Each failed attempt is an event; methods reject with what matters.
  client.on('error', () => undefined)
  return client
}

function firstAttempt(client: Redis | Cluster): Promise<void> {
  return new Promise((resolve) => {
    for (const event of ['ready', 'close', 'end']) client.once(event, () => resolve())
  })
}
