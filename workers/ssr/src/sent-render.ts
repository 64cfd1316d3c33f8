/** A render that a process has: how much of its time is left, and how much of its page nobody has taken yet. */

import { setDeadline } from './deadline.ts'
import { streamWindow } from './frames.ts'
import type { RenderJob } from './render-job.ts'

/** One render in one process. */
export class SentRender {
  readonly job: RenderJob
  /** Nobody waits any more, but it may be one that hangs. */
  isCancelled = false
  #isStarted = false
  /** Milliseconds. */
  #left: number
  #since = 0
  #untaken = 0
  #timer: NodeJS.Timeout | undefined
  #onTimeOut: () => void = () => undefined

  constructor(job: RenderJob) {
    this.job = job
    this.#left = job.timeout
  }

  get isStarted(): boolean {
    return this.#isStarted
  }

  /** Whether the worker waits until somebody takes what it has sent: that time is not the component's. */
  get isPaused(): boolean {
    return this.#untaken > streamWindow
  }

  /** Its time begins. */
  start(onTimeOut: () => void): void {
    this.#isStarted = true
    this.#onTimeOut = onTimeOut
    this.#run()
  }

  /** Its time ends. */
  stop(): void {
    clearTimeout(this.#timer)
  }

  /** A piece has come. @returns whether the worker is waiting since */
  receive(length: number): boolean {
    const wasPaused = this.isPaused
    this.#untaken += length
    if (wasPaused || !this.isPaused) return false
    this.stop()
    this.#left -= performance.now() - this.#since
    return true
  }

  /** A piece was taken. */
  take(length: number): void {
    const wasPaused = this.isPaused
    this.#untaken -= length
    if (wasPaused && !this.isPaused) this.#run()
  }

  #run(): void {
    this.#since = performance.now()
    this.#timer = setDeadline(
      () => {
        // It was stopped after it was due.
        if (!this.isPaused) this.#onTimeOut()
      },
      Math.max(0, this.#left),
    )
  }
}
