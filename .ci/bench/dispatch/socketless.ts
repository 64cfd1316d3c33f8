/** A connection to a server of node:http without a socket: what is left is the work of Node, framework and handler. */

import type { Server } from 'node:http'
import { Duplex } from 'node:stream'

/** One keep-alive connection. */
export class Connection extends Duplex {
  readonly remoteAddress = '127.0.0.1'
  readonly #request: Buffer
  #onAnswer: (text: string) => void = () => undefined

  /** @param request one whole HTTP/1.1 request */
  constructor(server: Server, request: string) {
    super({ decodeStrings: false })
    this.#request = Buffer.from(request)
    server.emit('connection', this)
  }

  /** Sends the request; resolves once the answer with `holds` in it is written and done with. */
  ask(holds: string): Promise<void> {
    return new Promise((resolve) => {
      this.#onAnswer = (text) => {
        if (text.includes(holds)) setImmediate(resolve)
      }
      this.push(this.#request)
    })
  }

  // What node:http asks of a socket.
  setTimeout(): this {
    return this
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  override _read(): void {
    // What comes is pushed.
  }

  override _write(chunk: string | Buffer, _: string, done: () => void): void {
    done()
    this.#onAnswer(String(chunk))
  }
}
