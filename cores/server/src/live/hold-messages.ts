/** Frames that come before a connection listens: a client may speak as soon as its socket is open. */

import type { ProtocolSocket } from '@mizan/protocol'

/** Characters: more than a client has to say before it hears anything. */
const maximumHeld = 262_144

/**
 * Keeps what comes until the returned function is called, and gives it then to whoever listens.
 */
export function holdMessages(socket: ProtocolSocket): () => void {
  const held: string[] = []
  let size = 0
  let closed: number | undefined
  const hold = (text: string): void => {
    size += text.length + 1
    if (size <= maximumHeld) held.push(text)
  }
  const close = (code: number): void => void (closed = code)
  socket.onMessage = hold
  socket.onClose = close
  return () => {
    if (socket.onMessage !== hold) for (const text of held) socket.onMessage(text)
    if (closed !== undefined && socket.onClose !== close) socket.onClose(closed)
  }
}
