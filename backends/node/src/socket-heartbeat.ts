/** Finds peers that are gone without a word: pings, and cuts off whoever did not answer the last one. */

import type { WebSocket } from 'ws'

/** Watches sockets with one timer, which runs while there are any. */
export class SocketHeartbeat {
  readonly #interval: number
  /** Sockets, and whether they have answered since the last ping. */
  readonly #answered = new Map<WebSocket, boolean>()
  #timer: ReturnType<typeof setInterval> | undefined

  /** @param interval milliseconds */
  constructor(interval: number) {
    this.#interval = interval
  }

  watch(ws: WebSocket): void {
    this.#answered.set(ws, true)
    this.#timer ??= setInterval(() => this.#beat(), this.#interval).unref()
    ws.on('pong', () => this.#answered.set(ws, true))
    ws.once('close', () => {
      this.#answered.delete(ws)
      if (this.#answered.size > 0) return
      clearInterval(this.#timer)
      this.#timer = undefined
    })
  }

  #beat(): void {
    for (const [ws, hasAnswered] of this.#answered) {
      if (!hasAnswered) {
        ws.terminate()
        continue
      }
      this.#answered.set(ws, false)
      if (ws.readyState === ws.OPEN) ws.ping()
    }
  }
}
