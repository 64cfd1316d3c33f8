/** One WebSocket that comes back when it is lost. */

import { type ClientFrame, parseObject, type ServerFrame } from '@mizan/protocol'

/** The part of a WebSocket that is used. */
export interface LiveSocket {
  send(text: string): void
  close(code?: number): void
  onopen: ((event: Event) => void) | null
  onmessage: ((event: MessageEvent) => void) | null
  onclose: ((event: CloseEvent) => void) | null
  onerror: ((event: Event) => void) | null
}

/** How a connection is made. */
export interface ConnectionOptions {
  readonly url: () => string
  /** A token to sign in with; asked for again at each connection. */
  readonly token: (() => string | null | Promise<string | null>) | undefined
  readonly open: (url: string) => LiveSocket
  /** Milliseconds before attempt `n` to come back, counted from 1. */
  readonly delay: (n: number) => number
}

/** Who hears of a connection. */
export interface ConnectionListener {
  /** What was sent before is not known to the server any more. */
  onOpen(): void
  onFrame(frame: ServerFrame): void
  onClose(code: number): void
}

/** A connection that is made when it is first needed. */
export interface LiveConnection {
  /** Makes the connection unless there is one, or one is under way. */
  open(): void
  /** Sends now or not at all: whoever listens sends again what it needs when the connection is made again. */
  send(frame: ClientFrame): void
  /** Ends the connection and makes it again, as whoever is signed in now. */
  restart(): void
  /** Ends it for good. */
  close(): void
}

/** After this the server will not have us, whatever we do: a page of another origin. */
const forbidden = 4403

/** Nothing happens before `open()`. */
export function createConnection(
  { url, token, open, delay }: ConnectionOptions,
  listener: ConnectionListener,
): LiveConnection {
  let socket: LiveSocket | undefined
  let isReady = false
  let isClosed = false
  let attempts = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  function connect(): void {
    clearTimeout(timer)
    if (socket || isClosed) return
    const current = (socket = open(url()))
    current.onopen = () => void greet(current)
    current.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (current !== socket) return
      // Only who got an answer has arrived: a server that hangs up at once is not asked at once.
      attempts = 0
      // cast: the server's frames; what is none of them is not looked at.
      const frame = parseObject(String(data)) as ServerFrame | undefined
      if (frame) listener.onFrame(frame)
    }
    // A close follows every error.
    current.onerror = () => undefined
    current.onclose = ({ code }) => {
      if (current === socket) leave(code)
    }
  }

  function leave(code: number): void {
    socket = undefined
    isReady = false
    listener.onClose(code)
    if (code !== forbidden && !isClosed) timer = setTimeout(connect, delay(++attempts))
  }

  async function greet(current: LiveSocket): Promise<void> {
    try {
      if (token) current.send(JSON.stringify({ auth: await token() } satisfies ClientFrame))
    } catch {
      // Without a token there is nobody to connect as; the next attempt asks for one again.
      current.close()
      return
    }
    if (current !== socket) return
    isReady = true
    listener.onOpen()
  }

  return {
    open: connect,
    send(frame) {
      if (isReady) socket?.send(JSON.stringify(frame))
    },
    restart() {
      const last = socket
      if (!last) return
      socket = undefined
      isReady = false
      last.close()
      listener.onClose(1000)
      connect()
    },
    close() {
      isClosed = true
      clearTimeout(timer)
      socket?.close()
    },
  }
}
