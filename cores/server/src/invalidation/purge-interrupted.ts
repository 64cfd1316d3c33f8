/** A purge that a holder has understood in part. */

/** What is known of it. */
export interface InterruptedOptions {
  readonly cause: unknown
  /** Groups that are no longer served. */
  readonly done: readonly string[]
  /** Milliseconds that the holder asks to wait. */
  readonly retryAfter?: number | undefined
}

/** Thrown by a `Purger`: it is told again of the rest only. */
export class PurgeInterrupted extends Error {
  override readonly name = 'PurgeInterrupted'
  readonly done: readonly string[]
  readonly retryAfter: number | undefined

  constructor(message: string, { cause, done, retryAfter }: InterruptedOptions) {
    super(message, { cause })
    this.done = done
    this.retryAfter = retryAfter
  }
}
