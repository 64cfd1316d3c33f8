/** One item at a time from a producer to a consumer: neither gets ahead of the other by more than that. */

interface Taker<T> {
  resolve(result: IteratorResult<T, undefined>): void
  reject(error: unknown): void
}

/** A queue of length one, with an end on both sides. */
export class Handoff<T> {
  #taker: Taker<T> | undefined
  #offered: { readonly value: T; readonly taken: (taken: boolean) => void } | undefined
  #end: { readonly error?: unknown } | undefined
  #left = false

  /** Resolves once the item was taken; `false` when nobody takes any more. One call at a time. */
  push(value: T): Promise<boolean> {
    if (this.#left) return Promise.resolve(false)
    if (this.#taker !== undefined) {
      this.#taker.resolve({ done: false, value })
      this.#taker = undefined
      return Promise.resolve(true)
    }
    return new Promise((taken) => (this.#offered = { value, taken }))
  }

  /** Nothing follows. */
  end(end: { readonly error?: unknown } = {}): void {
    if (this.#end !== undefined) return
    this.#end = end
    const taker = this.#taker
    this.#taker = undefined
    if (taker === undefined) return
    if ('error' in end) taker.reject(end.error)
    else taker.resolve({ done: true, value: undefined })
  }

  /** The next item; rejects with what the producer failed with. One call at a time. */
  take(): Promise<IteratorResult<T, undefined>> {
    if (this.#offered !== undefined) {
      const { value, taken } = this.#offered
      this.#offered = undefined
      taken(true)
      return Promise.resolve({ done: false, value })
    }
    if (this.#end !== undefined && 'error' in this.#end) return Promise.reject(this.#end.error)
    if (this.#end !== undefined || this.#left)
      return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve, reject) => (this.#taker = { resolve, reject }))
  }

  /** The consumer wants nothing more: an offered item is dropped, and who waits for one gets none. */
  leave(): void {
    this.#left = true
    this.#offered?.taken(false)
    this.#offered = undefined
    this.#taker?.resolve({ done: true, value: undefined })
    this.#taker = undefined
  }
}
