/** A one-way connection over HTTP: what would be frames of a socket are server-sent events. */

import type { ProtocolSocket } from '@mizan/protocol'

const encoder = new TextEncoder()

/** The socket that a connection writes to, and the body that the client reads. */
export class EventStream implements ProtocolSocket, AsyncIterable<Uint8Array> {
  onMessage: (text: string) => void = () => undefined
  onClose: (code: number) => void = () => undefined
  #chunks: Uint8Array[] = []
  #buffered = 0
  #wake: (() => void) | undefined
  #isClosed = false

  get buffered(): number {
    return this.#buffered
  }

  send(text: string): void {
    this.#write(`data: ${text}\n\n`)
  }

  /** What the browser sends as `Last-Event-ID` when it comes back by itself. */
  identify(id: string): void {
    this.#write(`id: ${id}\ndata: {}\n\n`)
  }

  /** Bytes that mean nothing and keep proxies from closing the connection. */
  keepAlive(): void {
    this.#write(':\n\n')
  }

  /** The client reads the code as the last event. */
  close(code: number, reason: string): void {
    this.#write(`event: close\ndata: ${JSON.stringify({ code, reason })}\n\n`)
    this.#end(code)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    try {
      for (;;) {
        const chunk = this.#chunks.shift()
        if (chunk !== undefined) {
          yield chunk
          this.#buffered -= chunk.byteLength
        } else if (this.#isClosed) return
        else await new Promise<void>((resolve) => (this.#wake = resolve))
      }
    } finally {
      this.#end(1006)
    }
  }

  /** The client left. */
  leave(): void {
    this.#end(1006)
  }

  #write(text: string): void {
    if (this.#isClosed) return
    const chunk = encoder.encode(text)
    this.#buffered += chunk.byteLength
    this.#chunks.push(chunk)
    this.#wake?.()
  }

  #end(code: number): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#wake?.()
    this.onClose(code)
  }
}
