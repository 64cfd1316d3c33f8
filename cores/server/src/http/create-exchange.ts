/** What the runs of one request share, made anew for each. */

import type { ProtocolRequest } from '@mizan/protocol'
import type { Engine } from '../dispatch/engine.ts'
import type { Recognised } from '../identity/index.ts'
import { createRequestView } from '../request-view.ts'
import { createResponseEditor } from '../response-editor.ts'
import type { Exchange } from '../scope.ts'

const anonymous: Recognised = Object.freeze({
  principal: undefined,
  sessionId: undefined,
  viaHeader: false,
  setCookies: Object.freeze([]),
})

/**
 * Asks who makes the request; a refused token stands in `identified.refusal`. Without identity it is nobody, at once.
 *
 * @throws MizanError of the identity
 */
export function recognise(
  { identity }: Engine,
  request: ProtocolRequest,
): Recognised | Promise<Recognised> {
  return identity === undefined ? anonymous : identity.recognise(request)
}

/** @param identified what {@link recognise} gave */
export function createExchange(
  engine: Engine,
  request: ProtocolRequest,
  identified: Recognised,
): Exchange {
  return {
    principal: identified.principal,
    identified,
    request: createRequestView(request, { bodyLimit: engine.limits.body }),
    response: createResponseEditor(),
    container: engine.container,
    sessionChange: undefined,
    sessionCookie: undefined,
    incoming: request,
    forms: engine.forms,
  }
}
