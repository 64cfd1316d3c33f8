/** Who is told of invalidations besides the clients: edges, CDNs (never "adapters"). */

import type { Target } from '@mizan/protocol'

/** What went stale since the last batch, in the words of each kind of holder. */
export interface PurgeBatch {
  /** For an edge that works from the manifest. */
  readonly targets: readonly Target[]
  /** Digests of data tags, as `X-Mizan-Changed` has them. */
  readonly changed: readonly string[]
  /**
   * For a holder that only knows headers: an answer that it keeps is stale when one of these 32 hex digits stands in its
   * `Cache-Groups`, or vendor tags.
   */
  readonly groups: readonly string[]
}

/** One holder of answers outside the process. */
export interface Purger {
  /** For the log. */
  readonly name: string
  /** The header by which this holder learns the groups of an answer, besides `Cache-Groups`. */
  readonly tagHeader?: 'Surrogate-Key' | 'Cache-Tag' | 'Vercel-Cache-Tag' | 'xkey'
  /**
   * Tags that it keeps of an answer. One with more depends on whole tables instead; what has more even so is not for this holder, nor for
   * any other that goes by headers.
   * @default any number
   */
  readonly maximumTags?: number
  /**
   * Whether a mutation's answer waits for it, a second at most: for a holder that is as near as the cache. After that the answer
   * says `X-Mizan-Purge: deferred`.
   */
  readonly isAwaited?: true
  /**
   * Resolves once nothing of `batch` is served any more. When it rejects it is tried again, with what went stale
   * meanwhile; batches arrive one after the other. A `PurgeInterrupted` says which groups need not be told again.
   */
  purge(batch: PurgeBatch, signal: AbortSignal): Promise<void>
}
