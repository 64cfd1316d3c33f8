/** What comes before a function runs: its name, who calls, and its arguments. */

import { headerNames, MizanError, type ProtocolRequest } from '@mizan/protocol'
import { type Arguments, readArguments } from '../dispatch/arguments.ts'
import type { Engine } from '../dispatch/engine.ts'
import { guard } from '../dispatch/guard.ts'
import type { Entry } from '../registry.ts'
import { headerOf } from '../request-view.ts'
import { andThen, orElse, type Soon } from '../soon.ts'
import { admitCaller } from './admit-caller.ts'
import type { Incoming } from './handler.ts'

/** A function that its caller may call. */
export function admit(engine: Engine, incoming: Incoming, fn: string): Soon<Entry> {
  const { exchange } = incoming
  const entry = engine.registry.calls.get(fn)
  const admitting = (): Soon<Entry> =>
    andThen(admitCaller(engine, incoming, entry), () => {
      // Private, of a context, or unknown: the same bytes, so that nobody learns what exists.
      if (entry === undefined) throw new MizanError('NOT_FOUND', 'No such function')
      return andThen(guard(entry, exchange.principal, exchange.request), () => entry)
    })
  return orElse(admitting, (error) => {
    throw asOutdated(engine, incoming, error)
  })
}

/** Its arguments, checked. */
export function checkArguments(
  engine: Engine,
  incoming: Incoming,
  { entry, args }: { readonly entry: Entry; readonly args: Readonly<Record<string, unknown>> },
): Soon<Arguments> {
  return orElse(
    () => readArguments(entry, args),
    (error) => {
      throw asOutdated(engine, incoming, error)
    },
  )
}

/** What must be an object to be looked at. @throws MizanError `BAD_REQUEST` */
export function parseArguments(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new MizanError('BAD_REQUEST', 'arguments are a JSON object')
  }
  return body as Record<string, unknown> // cast: checked to be an object; its members are checked by the codec
}

/** A client made from another artifact is told so, instead of what confuses it. */
function asOutdated(engine: Engine, { request }: Incoming, error: unknown): unknown {
  const code = error instanceof MizanError ? error.code : ''
  if ((code !== 'NOT_FOUND' && code !== 'VALIDATION_FAILED') || !isOutdated(engine, request))
    return error
  return new MizanError(
    'CLIENT_OUTDATED',
    'this client was generated from another version of the server: reload',
    { cause: error },
  )
}

function isOutdated(engine: Engine, request: ProtocolRequest): boolean {
  const digest = headerOf(request, headerNames.artifact)
  return digest !== undefined && digest !== engine.registry.artifact.digest
}
