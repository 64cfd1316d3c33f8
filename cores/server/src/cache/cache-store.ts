/** What the cache needs of a store: entries, and the versions of tags. */

import type { IntentList } from './purge-outbox.ts'

/**
 * Every method may fail or be slow; the cache then works without it. Entries and versions may vanish at any moment:
 * a missing one is a miss.
 */
export interface CacheStore {
  /** Why nothing can be kept here, such as an address that was not given: caching is then off, with one warning. */
  readonly missing?: string | undefined
  /** Purges of functions without a transaction; absent where nothing outlives this process anyway. */
  readonly intents?: IntentList | undefined
  /** The entries of `keys`, in their order. */
  read(keys: readonly string[]): Promise<readonly (string | undefined)[]>
  /** Keeps `value` for `ttl` seconds at most. */
  write(key: string, value: string, ttl: number): Promise<void>
  /** The versions of `tags`, in their order, as they are now on the primary. */
  versions(tags: readonly string[]): Promise<readonly (string | undefined)[]>
  /**
   * The versions of `tags`; a missing one is created, once for all callers. Called before an entry is written, too:
   * tags are to outlive the entries that depend on them.
   */
  ensureVersions(tags: readonly string[]): Promise<readonly string[]>
  /**
   * Ends the current version of each tag. Versions are random, so that one that has ended never comes back, whatever is
   * evicted or restarted; whether a new one is made now or when it is asked for is the store's business.
   */
  bump(tags: readonly string[]): Promise<void>
  /** Gives back what the store itself has opened. */
  close?(): Promise<void>
}
