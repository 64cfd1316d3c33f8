/** `POST call/`, `POST call/<fn>/` and `POST validate/<fn>/`. */

import { MizanError, type ProtocolRequest, type ProtocolResponse } from '@mizan/protocol'
import { type Arguments, readArguments } from '../dispatch/arguments.ts'
import type { Engine } from '../dispatch/engine.ts'
import { guard } from '../dispatch/guard.ts'
import { runMutation } from '../dispatch/run-mutation.ts'
import { runStream } from '../dispatch/run-stream.ts'
import type { Entry } from '../registry.ts'
import { headerOf } from '../request-view.ts'
import { admitCaller } from './admit-caller.ts'
import { assertUnsafeAllowed } from './assert-unsafe-allowed.ts'
import type { Incoming } from './handler.ts'
import { readJson } from './read-json.ts'
import { invalidateJson, respondJson } from './respond.ts'
import { respondSettled } from './respond-settled.ts'
import { respondStream } from './respond-stream.ts'

/** Runs one function; without `fn` in the path, the body names it. */
export async function handleCall(
  engine: Engine,
  incoming: Incoming,
  fn: string | undefined,
): Promise<ProtocolResponse> {
  const { request, exchange } = incoming
  assertUnsafeAllowed(engine, incoming)
  const body = await readJson(incoming, engine.limits)
  const call = fn === undefined ? parseCall(body) : { fn, args: parseArguments(body) }
  const { entry, args } = await prepare(engine, incoming, call)
  const run = { entry, exchange, kind: 'call' as const, signal: request.signal }
  if (entry.facts.stream) return respondStream(engine, entry, runStream(engine, run, args))
  const settled = await runMutation(engine, run, args)
  return respondSettled(engine, settled, (value, headers) => {
    const { targets } = settled
    const result = JSON.stringify(entry.result.encode(value)) ?? 'null'
    const invalidate = targets.length === 0 ? '' : `"invalidate":${invalidateJson(targets)},`
    return respondJson(200, `{${invalidate}"result":${result}}`, headers)
  })
}

/** Checks arguments and runs nothing. */
export async function handleValidate(
  engine: Engine,
  incoming: Incoming,
  fn: string,
): Promise<ProtocolResponse> {
  assertUnsafeAllowed(engine, incoming)
  const args = parseArguments(await readJson(incoming, engine.limits))
  await prepare(engine, incoming, { fn, args })
  return respondJson(200, '{"result":null}')
}

interface Call {
  readonly fn: string
  readonly args: Readonly<Record<string, unknown>>
}

/** Name → guard → arguments. A client made from another artifact is told so, instead of what confuses it. */
async function prepare(
  engine: Engine,
  incoming: Incoming,
  call: Call,
): Promise<{ entry: Entry; args: Arguments }> {
  const { request, exchange } = incoming
  try {
    const entry = engine.registry.calls.get(call.fn)
    await admitCaller(engine, incoming, entry)
    // Private, of a context, or unknown: the same bytes, so that nobody learns what exists.
    if (entry === undefined) throw new MizanError('NOT_FOUND', 'No such function')
    await guard(entry, exchange.principal, exchange.request)
    return { entry, args: await readArguments(entry, call.args) }
  } catch (error) {
    const code = error instanceof MizanError ? error.code : ''
    if ((code === 'NOT_FOUND' || code === 'VALIDATION_FAILED') && isOutdated(engine, request)) {
      throw new MizanError(
        'CLIENT_OUTDATED',
        'this client was generated from another version of the server: reload',
        { cause: error },
      )
    }
    throw error
  }
}

function isOutdated(engine: Engine, request: ProtocolRequest): boolean {
  const digest = headerOf(request, 'x-mizan-artifact')
  return digest !== undefined && digest !== engine.registry.artifact.digest
}

function parseCall(body: unknown): Call {
  const fields = parseArguments(body)
  if (typeof fields['fn'] !== 'string')
    throw new MizanError('BAD_REQUEST', 'the body of a call is {"fn": "...", "args": {...}}')
  return {
    fn: fields['fn'],
    args: Object.hasOwn(fields, 'args') ? parseArguments(fields['args']) : {},
  }
}

function parseArguments(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new MizanError('BAD_REQUEST', 'arguments are a JSON object')
  }
  return body as Record<string, unknown> // cast: checked to be an object; its members are checked by the codec
}
