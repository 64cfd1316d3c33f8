/** A client of the live socket, as a backend would hand it over. */

import { once } from 'node:events'
import type { ProtocolRequest, ProtocolSocket } from '@mizan/protocol'
import type { App } from '../src/index.ts'

/** A frame of the server, read. */
export type Received = Readonly<Record<string, unknown>>

/** Keeps what the server sends until somebody asks for it. */
export class TestSocket extends EventTarget implements ProtocolSocket {
  readonly frames: Received[] = []
  buffered = 0
  closed: { readonly code: number; readonly reason: string } | undefined
  onMessage: (text: string) => void = () => undefined
  onClose: (code: number) => void = () => undefined

  send(text: string): void {
    this.frames.push(JSON.parse(text) as Received)
    this.dispatchEvent(new Event('frame'))
  }

  close(code: number, reason: string): void {
    this.closed ??= { code, reason }
    this.dispatchEvent(new Event('frame'))
  }

  /** What a client sends: text as it is, everything else as JSON. */
  say(frame: unknown): void {
    this.onMessage(typeof frame === 'string' ? frame : JSON.stringify(frame))
  }

  /** The next frame that nobody has seen yet. */
  async next(): Promise<Received> {
    for (;;) {
      const frame = this.frames.shift()
      if (frame !== undefined) return frame
      if (this.closed !== undefined) throw new Error(`closed with ${this.closed.code}`)
      await once(this, 'frame')
    }
  }

  /** Says something and gives the next frame. */
  ask(frame: unknown): Promise<Received> {
    this.say(frame)
    return this.next()
  }

  async whenClosed(): Promise<number> {
    while (this.closed === undefined) await once(this, 'frame')
    return this.closed.code
  }

  /** The client goes. */
  leave(): void {
    this.closed ??= { code: 1000, reason: '' }
    this.onClose(1000)
  }
}

/** Connects to `app`, by default without credentials. */
export async function connect(
  app: App,
  headers: Readonly<Record<string, string>> = {},
): Promise<TestSocket> {
  const socket = new TestSocket()
  await app.connect(upgradeRequest(headers), socket)
  return socket
}

/** What a browser sends to upgrade. */
export function upgradeRequest(headers: Readonly<Record<string, string>> = {}): ProtocolRequest {
  return {
    method: 'GET',
    path: '/api/mizan/live/',
    query: '',
    headers: { host: 'localhost', upgrade: 'websocket', ...headers },
    body: null,
    signal: new AbortController().signal,
    upgradable: true,
  }
}
