/** Purges that outlive the process that owes them (PROTOCOL section 6, "Purging"). */

/** A purge that was written down before it was carried out. */
export interface OwedPurge {
  /** Unique in its outbox. */
  readonly id: string
  /** Tags of the cache, as `scope.purgeOf` gives them; opaque to who keeps them. */
  readonly tags: readonly string[]
}

/** Which purges to give. */
export interface LeftOptions {
  /** Milliseconds since they were written or renewed, at least: younger ones are their own process's business. */
  readonly age: number
  /** How many at most. */
  readonly limit: number
}

/**
 * Where purges stand that must not be forgotten. The data core writes them into `mizan_outbox` in the commit that they belong
 * to; the server carries them out after it and settles them. What a dead process left, any process sweeps: purging
 * twice does no harm, so nothing is claimed or locked.
 */
export interface PurgeOutbox {
  /** For the log. */
  readonly name: string
  /** What nobody has settled, oldest first. */
  left(options: LeftOptions): Promise<readonly OwedPurge[]>
  /** Forgets purges that were carried out; unknown ids are none. */
  settle(ids: readonly string[]): Promise<void>
}

/** An outbox for what no transaction covers: purges are written down before the function runs. */
export interface IntentList extends PurgeOutbox {
  /** Resolves once it would survive this process. */
  intend(purge: OwedPurge): Promise<void>
  /** Makes them young again: their function is still running. */
  renew(ids: readonly string[]): Promise<void>
}
