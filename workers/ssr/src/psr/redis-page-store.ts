/** Pages in Redis, for several servers. */

import { randomUUID } from 'node:crypto'
import type { PageStore, StoredText, WriteCondition } from './page-store.ts'

/** The part of an ioredis client that is used. */
export interface RedisPagesClient {
  mget(keys: string[]): Promise<(string | null)[]>
  smembers(key: string): Promise<string[]>
  eval(script: string, keys: number, ...rest: string[]): Promise<unknown>
}

/** Where in Redis. */
export interface RedisPageStoreOptions {
  /** Stays the caller's to close. */
  readonly client: RedisPagesClient
  /** With braces, so that a cluster keeps everything on one node. @default '{mizan:psr}:' */
  readonly prefix?: string
}

/** Writes one text and its name in the folder; both or none, as scripts run alone. */
const writeScript = `
if ARGV[1] == '1' then
  local now = redis.call('GET', KEYS[1])
  local etag = now and string.sub(now, 1, (string.find(now, '\\n', 1, true) or 1) - 1) or ''
  if etag ~= ARGV[2] then return 0 end
end
redis.call('SET', KEYS[1], ARGV[3])
redis.call('SADD', KEYS[2], ARGV[4])
return 1`

const removeScript = `redis.call('DEL', KEYS[1]) redis.call('SREM', KEYS[2], ARGV[1]) return 1`

/** Keeps pages in Redis. It may forget: what it forgets is rendered anew. */
export function createRedisPageStore(options: RedisPageStoreOptions): PageStore {
  const { client, prefix = '{mizan:psr}:' } = options
  const placeOf = (name: string): { folder: string; base: string } => {
    const at = name.lastIndexOf('/')
    return { folder: `${prefix}folder:${name.slice(0, at)}`, base: name.slice(at + 1) }
  }
  return {
    async read(names) {
      if (names.length === 0) return []
      return (await client.mget(names.map((name) => prefix + name))).map(toStored)
    },
    async write(name: string, text: string, condition?: WriteCondition) {
      const { folder, base } = placeOf(name)
      const value = `${randomUUID()}\n${text}`
      const is = condition === undefined ? ['0', ''] : ['1', condition.etag ?? '']
      return (await client.eval(writeScript, 2, prefix + name, folder, ...is, value, base)) === 1
    },
    async remove(name) {
      const { folder, base } = placeOf(name)
      await client.eval(removeScript, 2, prefix + name, folder, base)
    },
    list: (folder) => client.smembers(`${prefix}folder:${folder}`),
  }
}

function toStored(value: string | null): StoredText | undefined {
  const end = value?.indexOf('\n') ?? -1
  if (value === null || end === -1) return undefined
  return { etag: value.slice(0, end), text: value.slice(end + 1) }
}
