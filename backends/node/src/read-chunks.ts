/** The chunks of a request by its events: `for await` over a Readable costs as much as the rest of a small call. */

import type { IncomingMessage } from 'node:http'
import type { ProtocolBody } from '@mizan/protocol'
import { readWhole } from './read-whole.ts'

/** The body, once. Leaving the loop early leaves the socket alone: the answer, a 413 say, goes out over it. */
export function readChunks(req: IncomingMessage): ProtocolBody {
  return new RequestBody(req)
}

class RequestBody implements ProtocolBody {
  readonly #req: IncomingMessage

  constructor(req: IncomingMessage) {
    this.#req = req
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return new ChunkIterator(this.#req)
  }

  whole(limit: number): Promise<Uint8Array | undefined> {
    return readWhole(this.#req, limit)
  }
}

interface Waiting {
  resolve(result: IteratorResult<Uint8Array>): void
  reject(error: unknown): void
}

const done: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined })

class ChunkIterator implements AsyncIterator<Uint8Array> {
  readonly #req: IncomingMessage
  readonly #chunks: Uint8Array[] = []
  #waiting: Waiting | undefined
  /** How it ended: with an error, or with nothing. */
  #end: { readonly error?: unknown } | undefined

  constructor(req: IncomingMessage) {
    this.#req = req
    req
      .on('data', this.#onData)
      .on('end', this.#onEnd)
      .on('error', this.#onError)
      .on('close', this.#onClose)
    // Whoever left before is told of by no event any more.
    if (req.destroyed && !req.readableEnded) this.#onClose()
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    const value = this.#chunks.shift()
    if (value !== undefined) {
      if (this.#chunks.length === 0) this.#req.resume()
      return Promise.resolve({ done: false, value })
    }
    if (this.#end === undefined) {
      return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }))
    }
    return 'error' in this.#end ? Promise.reject(this.#end.error) : Promise.resolve(done)
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.#finish({})
    this.#req.pause()
    return Promise.resolve(done)
  }

  readonly #onData = (chunk: Uint8Array): void => {
    if (this.#waiting === undefined) {
      this.#chunks.push(chunk)
      // Who reads slowly gets no more than the socket has already handed over.
      this.#req.pause()
      return
    }
    const { resolve } = this.#waiting
    this.#waiting = undefined
    resolve({ done: false, value: chunk })
  }

  readonly #onEnd = (): void => this.#finish({})
  readonly #onError = (error: Error): void => this.#finish({ error })
  readonly #onClose = (): void =>
    this.#finish({ error: new Error('the client left within its body') })

  #finish(end: { readonly error?: unknown }): void {
    if (this.#end !== undefined) return
    this.#end = end
    this.#req.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose)
    // The listener for errors stays: one that comes late must not end the process.
    if (this.#waiting === undefined) return
    if ('error' in end) this.#waiting.reject(end.error)
    else this.#waiting.resolve(done)
  }
}
