/** What a kernel hands to its successor, from a server render to the page: JSON in the form of the wire. */

/** One instance with data. */
export interface KernelEntry {
  readonly context: string
  /** Digest that the data belongs to; a page of another one fetches anew. */
  readonly artifact: string
  /** Param texts by wire name. */
  readonly params: Readonly<Record<string, string>>
  /** The bundle as it came: function name → JSON. */
  readonly data: Readonly<Record<string, unknown>>
  readonly etag?: string
  /** Milliseconds of the clock that the data was fetched by. */
  readonly fetchedAt: number
}

/** All instances that were ready. */
export interface KernelState {
  readonly contexts: readonly KernelEntry[]
}
