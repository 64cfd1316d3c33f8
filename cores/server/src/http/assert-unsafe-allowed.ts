/** The CSRF rules at the door of every unsafe request (PROTOCOL section 7). */

import { headerNames, type ProtocolRequest } from '@mizan/protocol'
import type { Engine } from '../dispatch/engine.ts'
import { assertSameOrigin } from '../identity/index.ts'
import type { Incoming } from './handler.ts'
import type { FormField } from './read-multipart.ts'

/**
 * A valid header credential passes; everything else must come from our own pages or from no browser.
 *
 * @throws MizanError `FORBIDDEN`
 */
export function assertUnsafeAllowed(engine: Engine, { request, exchange }: Incoming): void {
  const { viaHeader, refusal } = exchange.identified
  // A refused token is answered as such, so that a client on another origin knows to refresh it (`admitCaller`).
  if (!viaHeader && refusal === undefined) assertSameOrigin(request, engine.origins)
}

/**
 * The same for a form, whose fields were read: what an HTML form of any site can send also needs the token, in the field
 * `csrf`. A webhook that posts a form has none and needs none, as it brings nobody's cookies; nor has `fetch` of a generated
 * client, as no form can send its `X-Mizan-Artifact`, and another site's script may not.
 *
 * @throws MizanError `FORBIDDEN`
 */
export function assertFormAllowed(
  engine: Engine,
  incoming: Incoming,
  fields: readonly FormField[],
): void {
  const { request, exchange } = incoming
  assertUnsafeAllowed(engine, incoming)
  if (exchange.identified.viaHeader || engine.identity === undefined) return
  if (!isBrowser(request) || request.headers[headerNames.artifact] !== undefined) return
  const tokens = fields.flatMap(([name, value]) => (name === 'csrf' ? [value] : []))
  const [token] = tokens
  const formToken = tokens.length === 1 && typeof token === 'string' ? { formToken: token } : {}
  engine.identity.checkSameOrigin(request, formToken)
}

/** Every browser sends one of these with a form; who has no cookie has no session to be abused. */
function isBrowser({ headers }: ProtocolRequest): boolean {
  return ['sec-fetch-site', 'origin', 'cookie'].some((name) => headers[name] !== undefined)
}
