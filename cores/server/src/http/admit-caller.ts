/** Settles who calls, once it is known what is called. */

import type { ProtocolRequest } from '@mizan/protocol'
import type { Engine } from '../dispatch/engine.ts'
import { ignoredHeaders } from '../identity/index.ts'
import type { Entry } from '../registry.ts'
import { assertUnsafeAllowed } from './assert-unsafe-allowed.ts'
import type { Incoming } from './handler.ts'

/**
 * Refuses a caller whose token was refused, unless the function ignores credentials: then the caller is whoever the rest
 * of the request says, and CSRF rules apply to it as such.
 *
 * @throws MizanError `UNAUTHORIZED`, `FORBIDDEN`
 */
export async function admitCaller(
  engine: Engine,
  incoming: Incoming,
  entry?: Entry,
): Promise<void> {
  const { request, exchange } = incoming
  const ignored = entry === undefined ? undefined : ignoredHeaders(entry.fn)
  if (ignored !== undefined && engine.identity !== undefined) {
    const rest = await engine.identity.recognise(without(request, ignored))
    const { setCookies } = exchange.identified
    exchange.identified = { ...rest, setCookies: [...new Set([...setCookies, ...rest.setCookies])] }
    exchange.principal = rest.principal
  }
  const { refusal } = exchange.identified
  if (refusal !== undefined) throw refusal
  if (ignored !== undefined) assertUnsafeAllowed(engine, incoming)
}

function without(request: ProtocolRequest, names: readonly string[]): ProtocolRequest {
  const headers = Object.entries(request.headers).filter(([name]) => !names.includes(name))
  return { ...request, headers: Object.fromEntries(headers) }
}
