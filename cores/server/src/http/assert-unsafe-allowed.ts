/** The CSRF rules at the door of every unsafe request (PROTOCOL section 7). */

import type { ProtocolRequest } from '@mizan/protocol'
import type { Engine } from '../dispatch/engine.ts'
import { assertSameOrigin, isFormEncoded } from '../identity/index.ts'
import type { Incoming } from './handler.ts'

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
 * The same for a route, which takes forms as well: what an HTML form of any site can send also needs the token, in
 * the field `csrf`. A webhook that posts a form has none and needs none: it brings nobody's cookies.
 *
 * @throws MizanError `FORBIDDEN`
 */
export async function assertFormAllowed(engine: Engine, incoming: Incoming): Promise<void> {
  const { request, exchange } = incoming
  if (exchange.identified.viaHeader) return
  if (engine.identity === undefined || !isFormEncoded(request) || !isBrowser(request)) {
    assertSameOrigin(request, engine.origins)
    return
  }
  const token = await formTokenOf(incoming)
  engine.identity.checkSameOrigin(request, token === undefined ? {} : { formToken: token })
}

/** Every browser sends one of these with a form; who has no cookie has no session to be abused. */
function isBrowser({ headers }: ProtocolRequest): boolean {
  return ['sec-fetch-site', 'origin', 'cookie'].some((name) => headers[name] !== undefined)
}

async function formTokenOf({ request, exchange }: Incoming): Promise<string | undefined> {
  const { parsed } = request
  if (parsed === undefined) {
    return new URLSearchParams(await exchange.request.text()).get('csrf') ?? undefined
  }
  const token: unknown =
    typeof parsed === 'object' && parsed !== null && Object.hasOwn(parsed, 'csrf')
      ? (parsed as { readonly csrf: unknown }).csrf // cast: checked to have it
      : undefined
  return typeof token === 'string' ? token : undefined
}
