/** How often one client may ask: a bucket that fills steadily. */

/** What a bucket says of one more. */
export type RateVerdict = 'ok' | 'refuse' | 'close'

/** Holds two seconds' worth; who goes on asking when it is empty falls into debt and is cut off. */
export class Rate {
  readonly #perSecond: number
  readonly #clock: () => number
  #level: number
  #at: number

  constructor(perSecond: number, clock: () => number) {
    this.#perSecond = perSecond
    this.#clock = clock
    this.#level = perSecond * 2
    this.#at = clock()
  }

  take(): RateVerdict {
    const now = this.#clock()
    const filled = this.#level + (Math.max(0, now - this.#at) / 1000) * this.#perSecond
    this.#at = now
    this.#level = Math.min(this.#perSecond * 2, filled) - 1
    if (this.#level >= 0) return 'ok'
    return this.#level > -2 * this.#perSecond ? 'refuse' : 'close'
  }
}
