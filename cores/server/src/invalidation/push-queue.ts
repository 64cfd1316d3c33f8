/** Tells one purger what went stale: batch after batch, again and again until it has understood. */

import { withinTime } from '../cache/index.ts'
import type { Logger } from '../logger.ts'
import type { PurgeBatch, Purger } from './purger.ts'
import { type Stale, StaleSet } from './stale-set.ts'

/** Milliseconds. */
const firstRetry = 200
const lastRetry = 60_000
/** Milliseconds that one attempt may take. */
const patience = 10_000

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
    if (!this.#waiting.isEmpty) await this.#attempt()
  }

  #start(): void {
    this.#timer = undefined
    this.#pushing ??= this.#attempt().finally(() => {
      this.#pushing = undefined
      if (!this.#waiting.isEmpty && !this.#closed && this.#timer === undefined) this.#start()
    })
  }

  async #attempt(): Promise<void> {
    const { purger, toBatch, logger } = this.#options
    const stale = this.#waiting.take()
    const told = this.#delivered.splice(0)
    const abort = new AbortController()
    try {
      await withinTime(patience, async () => purger.purge(toBatch(stale), abort.signal))
      this.#delay = firstRetry
      for (const resolve of told) resolve()
    } catch (error) {
      abort.abort(error)
      logger.warn({ error, purger: purger.name }, 'a purger was not reached; it is told again')
      const meanwhile = this.#waiting.take()
      this.#waiting.add(stale)
      this.#waiting.add(meanwhile)
      this.#delivered.unshift(...told)
      this.#retryLater()
    }
  }

  #retryLater(): void {
    if (this.#closed) return
    // Half of it by chance: processes that lost the same holder must not come back all at once.
    this.#timer = setTimeout(() => this.#start(), this.#delay * (0.5 + Math.random() / 2))
    this.#timer.unref()
    this.#delay = Math.min(this.#delay * 2, lastRetry)
  }
}
