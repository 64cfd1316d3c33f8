/** Carries out what a dead process left: purges that were written down and never settled. */

import type { OwedPurge, PurgeOutbox } from '../cache/index.ts'
import type { Logger } from '../logger.ts'

/** Milliseconds between two looks. */
const interval = 10_000
/** Milliseconds after which whoever wrote a purge down is taken for dead. */
export const leftAfter = 30_000
const limit = 100

/** What a sweeper works with. */
export interface SweeperOptions {
  readonly outboxes: readonly PurgeOutbox[]
  /** Resolves to whether it is done and may be settled. */
  readonly carryOut: (purge: OwedPurge) => Promise<boolean>
  readonly logger: Logger
}

/** Looks now and then, in every process. */
export class Sweeper {
  readonly #options: SweeperOptions
  #timer: ReturnType<typeof setTimeout> | undefined
  #sweeping: Promise<void> | undefined
  #closed = false

  constructor(options: SweeperOptions) {
    this.#options = options
  }

  /** Begins to look, at once and then now and then. */
  start(): void {
    if (this.#options.outboxes.length === 0 || this.#closed) return
    void this.sweep().finally(() => this.#schedule())
  }

  /** Looks once. Never rejects. @param age milliseconds since a purge was written down or renewed */
  sweep(age: number = leftAfter): Promise<void> {
    this.#sweeping ??= this.#sweepAll(age).finally(() => (this.#sweeping = undefined))
    return this.#sweeping
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#sweeping
  }

  #schedule(): void {
    if (this.#closed) return
    this.#timer = setTimeout(() => this.start(), interval * (0.5 + Math.random()))
    this.#timer.unref()
  }

  async #sweepAll(age: number): Promise<void> {
    for (const outbox of this.#options.outboxes) {
      try {
        await this.#sweepOne(outbox, age)
      } catch (error) {
        this.#options.logger.warn({ error, outbox: outbox.name }, 'an outbox could not be swept')
      }
    }
  }

  async #sweepOne(outbox: PurgeOutbox, age: number): Promise<void> {
    for (;;) {
      const left = await outbox.left({ age, limit })
      const done: string[] = []
      for (const purge of left) if (await this.#options.carryOut(purge)) done.push(purge.id)
      if (done.length > 0) await outbox.settle(done)
      if (left.length < limit || done.length === 0 || this.#closed) return
    }
  }
}
