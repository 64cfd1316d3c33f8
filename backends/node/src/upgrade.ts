/** Joins the live socket to a node:http server. */

import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ProtocolResponse } from '@mizan/protocol'
import type { App } from '@mizan/server'
import { WebSocketServer } from 'ws'
import { SocketHeartbeat } from './socket-heartbeat.ts'
import { toProtocolSocket } from './to-protocol-socket.ts'
import { splitTarget, toUpgradeRequest } from './to-protocol-request.ts'

/** How sockets are kept. */
export interface UpgradeOptions {
  /** The peer's address as the framework trusts it. @default the socket's */
  readonly address?: (req: IncomingMessage) => string | undefined
  /** Milliseconds between two pings; a peer that has not answered the last one is cut off. @default 30_000 */
  readonly heartbeat?: number
  /** Bytes of a message that are read at all; the app has a limit of its own. @default 1_048_576 */
  readonly maxPayload?: number
}

/**
 * Upgrades requests for the app's `live/`; other paths are left to other listeners of the server.
 *
 * @returns stops taking sockets; those that are open stay until `app.close()`
 */
export function upgrade(
  server: Server,
  app: Pick<App, 'base' | 'handle' | 'connect'>,
  options: UpgradeOptions = {},
): () => void {
  const settings = {
    noServer: true,
    clientTracking: false,
    // Compression would let a small frame cost much memory.
    perMessageDeflate: false,
    maxPayload: options.maxPayload ?? 1_048_576,
    // Milliseconds for the closing handshake; who reads too slowly does not answer it. Not in the types of ws yet.
    closeTimeout: 5_000,
  }
  const sockets = new WebSocketServer(settings)
  const heartbeat = new SocketHeartbeat(options.heartbeat ?? 30_000)
  const take = async (req: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const request = toUpgradeRequest(req, socket, options.address?.(req))
    const response = await app.handle(request)
    if (response.status !== 101) {
      refuse(socket, response)
      return
    }
    sockets.handleUpgrade(req, socket, head, (ws) => {
      heartbeat.watch(ws)
      void app.connect(request, toProtocolSocket(ws))
    })
  }
  const listener = (req: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const { path } = splitTarget(req.url ?? '/')
    if (path.replace(/\/$/, '') === `${app.base}/live`) {
      // A peer that is gone before it was answered.
      socket.on('error', () => socket.destroy())
      take(req, socket, head).catch(() => socket.destroy())
    } else if (server.listenerCount('upgrade') === 1) refuse(socket, nobody)
  }
  server.on('upgrade', listener)
  return () => server.off('upgrade', listener)
}

const nobody: ProtocolResponse = { status: 404, headers: [], body: null }

/** There is no ServerResponse for a request that asks to upgrade. */
function refuse(socket: Duplex, { status, headers, body }: ProtocolResponse): void {
  const text = typeof body === 'string' ? body : ''
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(text)}`,
    'connection: close',
  ]
  socket.once('finish', () => socket.destroy())
  socket.end(`${lines.join('\r\n')}\r\n\r\n${text}`)
}
