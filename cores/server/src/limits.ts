/** Bounds on what one request may cost. */

/** Every bound has a default; raise one where an application needs it. */
export interface Limits {
  /** Bytes of a request body. @default 1_048_576 */
  readonly body?: number
  /** Levels of nesting in a JSON body. @default 64 */
  readonly depth?: number
  /** Bytes of a query string. @default 8_192 */
  readonly query?: number
  /** Milliseconds that `close()` waits for requests in flight. @default 10_000 */
  readonly drain?: number
}

/** The limits with every default filled in. */
export function toLimits(limits: Limits = {}): Required<Limits> {
  return {
    body: limits.body ?? 1_048_576,
    depth: limits.depth ?? 64,
    query: limits.query ?? 8_192,
    drain: limits.drain ?? 10_000,
  }
}
