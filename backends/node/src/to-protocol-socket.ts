/** From a `ws` socket to the neutral one. */

import { closeCodes, type ProtocolSocket } from '@mizan/protocol'
import type { WebSocket } from 'ws'

/** Describes the socket; frames that are no text end it. */
export function toProtocolSocket(ws: WebSocket): ProtocolSocket {
  const socket: ProtocolSocket = {
    send(text) {
      // What cannot be sent any more is nobody's: the close follows.
      ws.send(text, () => undefined)
    },
    close: (code, reason) => ws.close(code, reason),
    get buffered() {
      return ws.bufferedAmount
    },
    onMessage: () => undefined,
    onClose: () => undefined,
  }
  ws.on('message', (data, isBinary) => {
    if (isBinary) ws.close(closeCodes.unsupported, 'frames are text')
    else socket.onMessage(String(data))
  })
  ws.on('close', (code) => socket.onClose(code))
  // A broken frame closes the socket with the code of the standard; there is nothing else to do about it.
  ws.on('error', () => undefined)
  return socket
}
