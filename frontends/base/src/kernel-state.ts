/** What a kernel hands to its successor, from a server render to the page: JSON in the form of the wire. */

/** One instance with data. */
export interface KernelEntry {
  /** Artifact digest, context and params, so that a page of another artifact fetches anew. */
  readonly key: string
  readonly context: string
  /** The bundle as it came: function name → JSON. */
  readonly data: Readonly<Record<string, unknown>>
  readonly etag?: string | null
  /** Digests of the data that it was read from, where the kernel has `tags()`. */
  readonly tags?: readonly string[]
  /** Milliseconds of the clock that the data was fetched by. */
  readonly fetchedAt: number
  /** It may have changed since, unheard of: it is shown at once, and asked for when it is. */
  readonly isStale?: boolean
}

/** All instances that were ready. */
export interface KernelState {
  readonly contexts: readonly KernelEntry[]
}
