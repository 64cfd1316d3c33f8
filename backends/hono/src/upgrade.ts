/** Joins the live socket to Hono, by the WebSocket helper of whatever runtime it is on. */

import { closeCodes, type ProtocolRequest, type ProtocolSocket } from '@mizan/protocol'
import type { App } from '@mizan/server'
import type { MiddlewareHandler } from 'hono'
import type { UpgradeWebSocket, WSContext, WSEvents } from 'hono/ws'
import {
  splitUrl,
  toProtocolRequest,
  type ToProtocolRequestOptions,
} from './to-protocol-request.ts'
import { writeResponse } from './write-response.ts'

/**
 * Middleware for the root of the server, before `mizan(app)`: upgrades requests for the app's `live/`.
 *
 * @param upgradeWebSocket of `@hono/node-server`, `hono/bun`, `hono/deno` or another runtime
 */
export function upgrade(
  upgradeWebSocket: UpgradeWebSocket,
  app: Pick<App, 'base' | 'handle' | 'connect'>,
  options?: ToProtocolRequestOptions,
): MiddlewareHandler {
  return async (context, next) => {
    const { url } = context.req.raw
    if (splitUrl(url).path.replace(/\/$/, '') !== `${app.base}/live`) return next()
    const left = new AbortController()
    const { method, path, query, headers, address } = toProtocolRequest(context, options)
    const request: ProtocolRequest = {
      method,
      path,
      query,
      headers,
      body: null,
      ...(address === undefined ? {} : { address }),
      upgradable: true,
      signal: left.signal,
    }
    const response = await app.handle(request)
    if (response.status !== 101) return writeResponse(context, response)
    return upgradeWebSocket(
      context,
      toEvents(left, (socket) => void app.connect(request, socket)),
    )
  }
}

/** The peer's side of a socket as runtimes give it; `ws` and Bun count what waits, each in its way. */
interface RawSocket {
  readonly bufferedAmount?: number
  getBufferedAmount?(): number
}

function toEvents(left: AbortController, connect: (socket: ProtocolSocket) => void): WSEvents {
  let peer: WSContext | undefined
  const socket: ProtocolSocket = {
    send: (text) => peer?.send(text),
    close: (code, reason) => peer?.close(code, reason),
    get buffered() {
      const raw = peer?.raw as RawSocket | undefined // cast: each runtime has its own
      return raw?.bufferedAmount ?? raw?.getBufferedAmount?.() ?? 0
    },
    onMessage: () => undefined,
    onClose: () => undefined,
  }
  return {
    onOpen(_, ws) {
      peer = ws
      connect(socket)
    },
    onMessage({ data }, ws) {
      if (typeof data === 'string') socket.onMessage(data)
      else ws.close(closeCodes.unsupported, 'frames are text')
    },
    onClose({ code }) {
      left.abort()
      socket.onClose(code)
    },
  }
}
