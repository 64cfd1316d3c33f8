/** Stops asking a store that hangs: not every request is to wait for what does not come. */

import { TooLateError } from './within-time.ts'

/** Answers in a row that came too late, before nobody asks for a while. */
const patience = 3
/** Milliseconds. */
const pause = 1000

/** One store's. Failures that come at once cost nothing and break nothing. */
export class Breaker {
  readonly #clock: () => number
  #late = 0
  #until = 0

  constructor(clock: () => number) {
    this.#clock = clock
  }

  get isOpen(): boolean {
    return this.#clock() < this.#until
  }

  succeeded(): void {
    this.#late = 0
  }

  failed(error: unknown): void {
    if (!(error instanceof TooLateError)) return
    this.#late++
    if (this.#late >= patience) this.#until = this.#clock() + pause
  }
}
