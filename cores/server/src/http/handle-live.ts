/** `GET live/`: whether a socket may be opened, asked before the upgrade. */

import { headerNames, MizanError, type ProtocolResponse } from '@mizan/protocol'
import type { Engine } from '../dispatch/engine.ts'
import { tokenRefusal } from '../identity/index.ts'
import { headerOf } from '../request-view.ts'
import { assertUnsafeAllowed } from './assert-unsafe-allowed.ts'
import type { Incoming } from './handler.ts'

/**
 * 101 without a body says: upgrade, and hand the socket to `app.connect`. Anything else is the answer.
 *
 * @throws MizanError `UNAUTHORIZED` for a token that is for reads only, `FORBIDDEN` for a page of another origin, `BAD_REQUEST` for what asks for no socket
 */
export function handleLive(engine: Engine, incoming: Incoming): ProtocolResponse {
  // A socket calls functions: what opens it must be good for more than GET.
  if (incoming.request.headers[headerNames.token] !== undefined) throw tokenRefusal('TOKEN_METHOD')
  const asked = headerOf(incoming.request, 'upgrade')?.toLowerCase()
  if (asked !== 'websocket')
    throw new MizanError(
      'BAD_REQUEST',
      'this endpoint is a WebSocket: connect with Upgrade: websocket',
    )
  if (incoming.request.upgradable !== true)
    throw new MizanError(
      'NOT_IMPLEMENTED',
      'this server takes no sockets: call upgrade(server, app) of its backend',
    )
  assertUnsafeAllowed(engine, incoming)
  return { status: 101, headers: [], body: null }
}
