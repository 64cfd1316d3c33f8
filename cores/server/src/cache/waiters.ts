/** Who waits for a shared run: it is aborted when the last of them has left. */

import { setMaxListeners } from 'node:events'

/** The callers of one run. */
export class Waiters {
  readonly #abort = new AbortController()
  readonly #done = new AbortController()
  #count = 0

  constructor() {
    // Many callers may wait for one run; Node 20 would call more than ten a leak.
    setMaxListeners(0, this.#done.signal)
  }

  /** Of the run. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** One more; without a signal it stays until it leaves itself. Gives its way to leave, once. */
  add(signal?: AbortSignal): () => void {
    this.#count++
    let isHere = true
    const leave = (): void => {
      if (!isHere) return
      isHere = false
      this.#count--
      if (this.#count === 0) this.#abort.abort(signal?.reason)
    }
    // And one client for many runs.
    if (signal !== undefined) setMaxListeners(0, signal)
    if (signal?.aborted === true) leave()
    else signal?.addEventListener('abort', leave, { once: true, signal: this.#done.signal })
    return leave
  }

  /** The run has ended; nobody is listened to any more. */
  end(): void {
    this.#done.abort()
  }
}
