/** Tells one purger what went stale: batch after batch, again and again until it has understood. */

import { withinTime } from '../cache/index.ts'
import type { Logger } from '../logger.ts'
import { PurgeInterrupted } from './purge-interrupted.ts'
import type { PurgeBatch, Purger } from './purger.ts'
import { type Stale, StaleSet } from './stale-set.ts'

/** Milliseconds. */
const firstRetry = 200
const lastRetry = 60_000
/** Milliseconds that one attempt may take. */
const patience = 10_000
/** Milliseconds in which an attempt that was ended says how far it came. */
const lastWords = 500
/** Milliseconds; a holder that asks for more is asked again before. */
const longestPause = 300_000

/** What a queue works with. */
export interface PushQueueOptions {
  readonly purger: Purger
  /** The words that leave the process. */
  readonly toBatch: (stale: Stale) => PurgeBatch
  readonly logger: Logger
}

/** The queue of one purger. One batch is on its way at a time, so that none overtakes another. */
export class PushQueue {
  readonly #options: PushQueueOptions
  readonly #waiting = new StaleSet()
  /** What the last attempt failed with, and the groups of it that went through nevertheless. */
  readonly #failed = new StaleSet()
  #done: ReadonlySet<string> = new Set()
  #delivered: (() => void)[] = []
  #pushing: Promise<void> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #delay = firstRetry
  #closed = false

  constructor(options: PushQueueOptions) {
    this.#options = options
  }

  /** Whether answers wait for the purger. */
  get isAwaited(): boolean {
    return this.#options.purger.isAwaited === true
  }

  /** Resolves when the purger has confirmed; never when the queue was closed before. */
  push(stale: Stale): Promise<void> {
    this.#waiting.add(stale)
    const delivered = new Promise<void>((resolve) => this.#delivered.push(resolve))
    if (this.#timer === undefined) this.#start()
    return delivered
  }

  /** Tries once more what is waiting. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#pushing
    if (!this.#isEmpty) await this.#attempt()
  }

  get #isEmpty(): boolean {
    return this.#waiting.isEmpty && this.#failed.isEmpty
  }

  #start(): void {
    this.#timer = undefined
    this.#pushing ??= this.#attempt().finally(() => {
      this.#pushing = undefined
      if (!this.#isEmpty && !this.#closed && this.#timer === undefined) this.#start()
    })
  }

  async #attempt(): Promise<void> {
    const { purger, logger } = this.#options
    const { stale, batch } = this.#take()
    const told = this.#delivered.splice(0)
    const abort = new AbortController()
    let purging: Promise<void> | undefined
    try {
      await withinTime(patience, () => (purging = purger.purge(batch, abort.signal)))
      this.#delay = firstRetry
      for (const resolve of told) resolve()
    } catch (error) {
      abort.abort(error)
      logger.warn({ error, purger: purger.name }, 'a purger was not reached; it is told again')
      this.#failed.add(stale)
      this.#delivered.unshift(...told)
      const reached = await howFar(error, purging)
      this.#done = new Set([...this.#done, ...(reached?.done ?? [])])
      this.#retryLater(reached?.retryAfter)
    }
  }

  /** What failed before without what went through, and all that went stale since. */
  #take(): { readonly stale: Stale; readonly batch: PurgeBatch } {
    const { toBatch } = this.#options
    const fresh = this.#waiting.take()
    this.#failed.add(fresh)
    const stale = this.#failed.take()
    const batch = toBatch(stale)
    const again = new Set(toBatch(fresh).groups)
    this.#done = new Set(batch.groups.filter((group) => this.#done.has(group) && !again.has(group)))
    const groups = batch.groups.filter((group) => !this.#done.has(group))
    return { stale, batch: { ...batch, groups } }
  }

  #retryLater(asked = 0): void {
    if (this.#closed) return
    // Half of it by chance: processes that lost the same holder must not come back all at once.
    const own = this.#delay * (0.5 + Math.random() / 2)
    this.#timer = setTimeout(() => this.#start(), Math.max(own, Math.min(asked, longestPause)))
    this.#timer.unref()
    this.#delay = Math.min(this.#delay * 2, lastRetry)
  }
}

/** What an attempt that failed has done; one that ran out of time is asked. */
async function howFar(
  error: unknown,
  purging: Promise<void> | undefined,
): Promise<PurgeInterrupted | undefined> {
  const words =
    error instanceof PurgeInterrupted
      ? error
      : await withinTime(lastWords, async () => purging).catch((last: unknown) => last)
  return words instanceof PurgeInterrupted ? words : undefined
}
