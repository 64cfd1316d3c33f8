/** What leaves for one client: answers at once, pushes only after a look at whether its session lives. */

import { closeCodes, type ProtocolSocket } from '@mizan/protocol'

/** What an outbox asks and tells. */
export interface OutboxOptions {
  readonly socket: ProtocolSocket
  /** Bytes that may wait for the client. */
  readonly buffered: number
  /** Looks at the session; what it throws is the owner's to handle, and the pushes are lost. */
  readonly look: () => Promise<void>
  /** The client was sent away, for whatever reason. */
  readonly onClose: () => void
}

/** Makes the text of a push at the moment when it leaves; `undefined` when it has become needless. */
export type Push = () => string | undefined

/** Pushes that wait for one look. */
const maximumQueued = 10_000

/** The way out of one connection. */
export class Outbox {
  readonly #options: OutboxOptions
  #queue: Push[] = []
  #isFlushing = false
  #isClosed = false

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** An answer to what the client asked; the asking was checked. */
  send(text: string): void {
    const { socket, buffered } = this.#options
    if (this.#isClosed) return
    if (socket.buffered > buffered) this.close(closeCodes.tooSlow, 'the client reads too slowly')
    else socket.send(text)
  }

  /** In order, after a look that began later than this. */
  push(push: Push): void {
    if (this.#isClosed) return
    if (this.#queue.length >= maximumQueued) {
      this.close(closeCodes.tooSlow, 'nobody can tell for too long whether the session lives')
      return
    }
    this.#queue.push(push)
    if (!this.#isFlushing) void this.#flush()
  }

  close(code: number, reason: string): void {
    if (this.#isClosed) return
    this.end()
    this.#options.socket.close(code, reason)
    this.#options.onClose()
  }

  /** The client is gone. */
  end(): void {
    this.#isClosed = true
    this.#queue = []
  }

  async #flush(): Promise<void> {
    this.#isFlushing = true
    // What one burst brings leaves together: everything that is pushed in this turn shares a look.
    await Promise.resolve()
    while (this.#queue.length > 0) {
      const batch = this.#queue
      this.#queue = []
      try {
        await this.#options.look()
      } catch {
        continue
      }
      for (const push of batch) {
        const text = push()
        if (text !== undefined) this.send(text)
      }
    }
    this.#isFlushing = false
  }
}
