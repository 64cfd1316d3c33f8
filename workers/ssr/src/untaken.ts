/** What a stream has sent and nobody has taken: above the window it waits. */

import { streamWindow } from './frames.ts'

/** Of one stream, in the worker. */
export class Untaken {
  #length = 0
  #isReleased = false
  #go: (() => void) | undefined

  /** Counts a piece. @returns what to wait for, before the next one */
  add(length: number): Promise<void> | undefined {
    this.#length += length
    if (this.#length <= streamWindow || this.#isReleased) return undefined
    return new Promise((resolve) => {
      this.#go = resolve
    })
  }

  subtract(length: number): void {
    this.#length -= length
    if (this.#length <= streamWindow) this.#go?.()
  }

  /** Nobody takes anything any more. */
  release(): void {
    this.#isReleased = true
    this.#go?.()
  }
}
