/** What goes into the cache and comes out: a read, the result of its run, and the two keys it may have. */

import { cacheKeyOf } from './cache-key.ts'
import type { Mac } from './mac.ts'

/** Who a result may be served to: everybody, this caller, or not even this caller again. */
export type Visibility = 'public' | 'private' | 'unstorable'

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
  /** Seconds past `ttl` in which an entry is still served while it is made anew. @default 0 */
  readonly staleFor?: number
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
  readonly visibility: Visibility
  /** `db:tasks`, `db:tasks:project_id=5`, …: what the data core observed. */
  readonly dataTags: readonly string[]
}

/** The keys of a read. */
export interface CacheKeys {
  readonly public: string
  readonly private: string
}

/** Both keys of `read`, under the secret in `mac`. */
export function cacheKeysOf(read: CacheRead, mac: Mac): CacheKeys {
  const { context, params, rev, user, principalKey } = read
  const identity = { context, params, rev }
  const caller = principalKey === undefined ? { user } : { user, principalKey }
  return { public: cacheKeyOf(mac, identity), private: cacheKeyOf(mac, { ...identity, ...caller }) }
}

/** All that ends `result`: the tags of its instance and of the data it read. */
export function tagsOfResult(
  read: Pick<CacheRead, 'tags'>,
  result: Pick<CacheResult, 'dataTags'>,
): readonly string[] {
  return [...new Set([...read.tags, ...result.dataTags])]
}
