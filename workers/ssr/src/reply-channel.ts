/** The worker's end of the channel: replies are gathered, and written before anything that may take long. */

import { writeSync } from 'node:fs'
import { maximumFrameBytes, type WorkerFrame } from './frames.ts'

/** Writes frames to one descriptor. */
export class ReplyChannel {
  readonly #descriptor: number
  #pending: string[] = []
  #scheduled = false

  constructor(descriptor: number) {
    this.#descriptor = descriptor
  }

  /** Adds a frame; it leaves with the others of this turn of the event loop. */
  send(frame: WorkerFrame): void {
    this.#pending.push(serialise(frame))
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => this.flush())
  }

  /** Writes what is gathered, synchronously: the next line of code may never end. */
  flush(): void {
    this.#scheduled = false
    if (this.#pending.length === 0) return
    const bytes = Buffer.from(this.#pending.join(''))
    this.#pending = []
    for (let at = 0; at < bytes.length;) at += this.#write(bytes, at)
  }

  #write(bytes: Uint8Array, at: number): number {
    try {
      return writeSync(this.#descriptor, bytes, at)
    } catch (error) {
      // The descriptor blocks where it is a socket pair; where a runtime made it non-blocking, a full pipe says EAGAIN.
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
      return 0
    }
  }
}

function serialise(frame: WorkerFrame): string {
  const line = `${JSON.stringify(frame)}\n`
  // Characters are at most as many as bytes, so that the cheap check decides nearly always.
  if (line.length * 3 <= maximumFrameBytes || Buffer.byteLength(line) <= maximumFrameBytes) {
    return line
  }
  const message = `what it rendered has more than ${maximumFrameBytes} bytes`
  return `${JSON.stringify({ id: frame.id, error: { message } })}\n`
}
