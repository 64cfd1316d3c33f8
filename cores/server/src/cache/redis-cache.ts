/** A cache store in Redis, shared by processes: a single node, behind Sentinels, or a cluster. */

import { randomBytes } from 'node:crypto'
import type { CacheStore } from './cache-store.ts'
import type { IntentList } from './purge-outbox.ts'
import { RedisConnection, type RedisTarget } from './redis-connection.ts'
import { RedisIntents } from './redis-intents.ts'
import { groupOf, toRedisKey } from './redis-keys.ts'
import * as scripts from './redis-scripts.ts'

/** Options of {@link RedisCache}. */
export interface RedisCacheOptions {
  /** Before every key; apps that share a Redis need one each. @default 'mizan:' */
  readonly prefix?: string
}

/** Seconds: tags outlive entries, of which the longest-lived are cut to half of it. */
const tagTtl = 16 * 86_400
const longestTtl = tagTtl / 2

const commands = {
  mizanVersions: scripts.versionsScript,
  mizanEnsure: scripts.ensureScript,
  mizanIntend: scripts.intendScript,
  mizanRenew: scripts.renewScript,
  mizanLeft: scripts.leftScript,
  mizanSettle: scripts.settleScript,
}

/**
 * Entries and versions of all processes. A version is what Redis holds behind the identity of the server that gave it,
 * so that no entry of before a restart or a failover is ever served, whatever snapshot they brought back. Reads
 * and purges go to primaries; the client needs the right to run `INFO` and scripts.
 *
 * @see PROTOCOL section 6
 */
export class RedisCache implements CacheStore {
  readonly missing: string | undefined
  readonly intents: IntentList | undefined
  readonly #connection: RedisConnection | undefined
  readonly #prefix: string

  /** @param target `undefined`, as a variable that is not set, turns caching off with a warning at start */
  constructor(target: RedisTarget | undefined, options: RedisCacheOptions = {}) {
    this.#prefix = options.prefix ?? 'mizan:'
    if (target === undefined || target === '') {
      this.missing = 'RedisCache was given no address'
      return
    }
    this.#connection = new RedisConnection(target, commands)
    this.intents = new RedisIntents(this.#connection, this.#prefix)
  }

  read(keys: readonly string[]): Promise<readonly (string | undefined)[]> {
    return this.#inGroups(keys, async (redisKeys) => {
      const values = await this.#open.ready.mget(...redisKeys)
      return values.map((value) => value ?? undefined)
    })
  }

  async write(key: string, value: string, ttl: number): Promise<void> {
    const milliseconds = Math.ceil(Math.min(ttl, longestTtl) * 1000)
    await this.#open.ready.set(toRedisKey(this.#prefix, key), value, 'PX', milliseconds)
  }

  versions(tags: readonly string[]): Promise<readonly (string | undefined)[]> {
    return this.#inGroups(tags, async (keys) =>
      toVersions(await this.#open.run('mizanVersions', keys, [])),
    )
  }

  async ensureVersions(tags: readonly string[]): Promise<readonly string[]> {
    const found = await this.#inGroups(tags, async (keys) => {
      const fresh = keys.map(() => randomBytes(16).toString('base64url'))
      return toVersions(await this.#open.run('mizanEnsure', keys, [tagTtl, ...fresh]))
    })
    return found.map((version) => {
      if (version === undefined) throw new Error('Redis made no version')
      return version
    })
  }

  async bump(tags: readonly string[]): Promise<void> {
    // Forgetting ends a version as well as replacing it, works in a full Redis, and leaves nothing of what nobody read.
    await this.#inGroups(tags, async (keys) => {
      await this.#open.ready.unlink(...keys)
      return []
    })
  }

  async close(): Promise<void> {
    this.#connection?.close()
  }

  get #open(): RedisConnection {
    if (this.#connection === undefined) throw new Error(this.missing)
    return this.#connection
  }

  /** One question for each node that may hold some of `names`, all in flight together; answers in the order of `names`. */
  async #inGroups<T>(
    names: readonly string[],
    ask: (keys: readonly string[]) => Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    if (names.length === 0) return []
    const keys = names.map((name) => toRedisKey(this.#prefix, name))
    if (!this.#open.client.isCluster) return ask(keys)
    const places = new Map<string, number[]>()
    for (const [index, name] of names.entries()) {
      const group = groupOf(name)
      const others = places.get(group)
      if (others === undefined) places.set(group, [index])
      else others.push(index)
    }
    const answers: T[] = []
    await Promise.all(
      [...places.values()].map(async (indexes) => {
        const found = await ask(indexes.map((index) => keys[index] ?? ''))
        for (const [at, index] of indexes.entries()) {
          const answer = found[at]
          if (answer !== undefined) answers[index] = answer
        }
      }),
    )
    return Array.from(names, (_name, index) => answers[index] as T) // cast: a place for each name, empty ones are undefined
  }
}

function toVersions(answer: unknown): (string | undefined)[] {
  const [id, versions] = answer as [string, (string | null)[]] // cast: what the scripts answer
  return versions.map((version) => (version === null ? undefined : `${id}.${version}`))
}
