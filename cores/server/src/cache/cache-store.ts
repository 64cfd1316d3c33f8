/** What the cache needs of a store: entries, and the versions of tags. */

/**
 * Every method may fail or be slow; the cache then works without it. Entries and versions may vanish at any moment:
 * a missing one is a miss.
 */
export interface CacheStore {
  /** The entries of `keys`, in their order. */
  read(keys: readonly string[]): Promise<readonly (string | undefined)[]>
  /** Keeps `value` for `ttl` seconds at most. */
  write(key: string, value: string, ttl: number): Promise<void>
  /** The versions of `tags`, in their order, as they are now on the primary. */
  versions(tags: readonly string[]): Promise<readonly (string | undefined)[]>
  /** The versions of `tags`; a missing one is created, once for all callers. */
  ensureVersions(tags: readonly string[]): Promise<readonly string[]>
  /**
   * Ends the current version of each tag. Versions are random, so that one that has ended never comes back, whatever is
   * evicted or restarted; whether a new one is made now or when it is asked for is the store's business.
   */
  bump(tags: readonly string[]): Promise<void>
}
