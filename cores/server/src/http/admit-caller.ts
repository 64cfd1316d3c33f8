/** Settles who calls, once it is known what is called. */

import type { ProtocolRequest } from '@mizan/protocol'
import type { Engine } from '../dispatch/engine.ts'
import { type Identity, ignoredHeaders } from '../identity/index.ts'
import type { Entry } from '../registry.ts'
import { assertUnsafeAllowed } from './assert-unsafe-allowed.ts'
import { changeRequest } from './change-request.ts'
import type { Incoming } from './handler.ts'

/**
 * Refuses a caller whose token was refused, unless the function ignores credentials: then the caller is whoever the rest
 * of the request says, and CSRF rules apply to it as such.
 *
 * @returns a promise where the rest of the request has to be looked at
 * @throws MizanError `UNAUTHORIZED`, `FORBIDDEN`
 */
export function admitCaller(
  engine: Engine,
  incoming: Incoming,
  entry?: Entry,
): Promise<void> | undefined {
  if (engine.identity === undefined) return undefined
  const ignored = entry === undefined ? undefined : ignoredHeaders(entry.fn)
  if (ignored !== undefined) return admitAnew(engine.identity, { engine, incoming, ignored })
  const { refusal } = incoming.exchange.identified
  if (refusal !== undefined) throw refusal
  return undefined
}

interface Ignoring {
  readonly engine: Engine
  readonly incoming: Incoming
  readonly ignored: readonly string[]
}

async function admitAnew(
  identity: Identity,
  { engine, incoming, ignored }: Ignoring,
): Promise<void> {
  const { request, exchange } = incoming
  const rest = await identity.recognise(without(request, ignored))
  const { setCookies } = exchange.identified
  exchange.identified = { ...rest, setCookies: [...new Set([...setCookies, ...rest.setCookies])] }
  exchange.principal = rest.principal
  if (rest.refusal !== undefined) throw rest.refusal
  assertUnsafeAllowed(engine, incoming)
}

function without(request: ProtocolRequest, names: readonly string[]): ProtocolRequest {
  const headers = Object.entries(request.headers).filter(([name]) => !names.includes(name))
  return changeRequest(request, { headers: Object.fromEntries(headers) })
}
