/** Purges that functions without a transaction may come to owe: written down before they run. */

import { randomUUID } from 'node:crypto'
import { type IntentList, withinTime } from '../cache/index.ts'

/** Milliseconds; well under the age at which a sweeper takes a purge for left behind. */
const renewal = 10_000

/** One function's. */
export interface Intent {
  /** The function has ended. What is deferred stays written down: whoever sweeps will do it. */
  end(invalidated: { readonly deferred: boolean }): Promise<void>
}

/** Of a function that writes nothing down. */
export const noIntent: Intent = Object.freeze({ end: async () => undefined })

/** The intents of this process. */
export class Intents {
  readonly #list: IntentList | undefined
  readonly #patience: number
  readonly #open = new Set<string>()
  #timer: ReturnType<typeof setInterval> | undefined

  /** @param patience milliseconds: a list that is slower is not waited for */
  constructor(list: IntentList | undefined, patience = 50) {
    this.#list = list
    this.#patience = patience
  }

  /** Never rejects: a function runs also when nobody can write down what it may change. */
  async intend(tags: readonly string[]): Promise<Intent> {
    const list = this.#list
    if (list === undefined || tags.length === 0) return noIntent
    const id = randomUUID()
    try {
      await withinTime(this.#patience, () => list.intend({ id, tags }))
    } catch {
      return noIntent
    }
    this.#open.add(id)
    this.#renewNowAndThen(list)
    return {
      end: async ({ deferred }) => {
        this.#close(id)
        // A purge that is swept although it was done does no harm.
        if (!deferred) await list.settle([id]).catch(() => undefined)
      },
    }
  }

  #close(id: string): void {
    this.#open.delete(id)
    if (this.#open.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #renewNowAndThen(list: IntentList): void {
    this.#timer ??= setInterval(() => {
      void list.renew([...this.#open]).catch(() => undefined)
    }, renewal)
    this.#timer.unref()
  }
}
