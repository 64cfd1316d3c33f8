/** `POST call/`, `POST call/<fn>/` and `POST validate/<fn>/`. */

import { MizanError, type ProtocolResponse } from '@mizan/protocol'
import type { Engine } from '../dispatch/engine.ts'
import { answerCall } from './answer-call.ts'
import { andThen } from '../soon.ts'
import { assertUnsafeAllowed } from './assert-unsafe-allowed.ts'
import { handleForm, handleFormValidate } from './handle-form.ts'
import type { Incoming } from './handler.ts'
import { admit, checkArguments, parseArguments } from './prepare-call.ts'
import { isForm } from './read-form.ts'
import { readJson } from './read-json.ts'
import { respondJson } from './respond.ts'

/** Runs one function; without `fn` in the path, the body names it. */
export function handleCall(
  engine: Engine,
  incoming: Incoming,
  fn: string | undefined,
): Promise<ProtocolResponse> {
  assertUnsafeAllowed(engine, incoming)
  if (fn !== undefined && isForm(incoming.request)) return handleForm(engine, incoming, fn)
  return readJson(incoming, engine.limits).then((body) => {
    const call = fn === undefined ? parseCall(body) : { fn, args: parseArguments(body) }
    return andThen(admit(engine, incoming, call.fn), (entry) =>
      andThen(checkArguments(engine, incoming, { entry, args: call.args }), (args) =>
        answerCall(engine, incoming, { entry, args }),
      ),
    )
  })
}

/** Checks arguments and runs nothing. */
export async function handleValidate(
  engine: Engine,
  incoming: Incoming,
  fn: string,
): Promise<ProtocolResponse> {
  assertUnsafeAllowed(engine, incoming)
  if (isForm(incoming.request)) await handleFormValidate(engine, incoming, fn)
  else {
    const args = parseArguments(await readJson(incoming, engine.limits))
    const entry = await admit(engine, incoming, fn)
    await checkArguments(engine, incoming, { entry, args })
  }
  return respondJson(200, '{"result":null}')
}

interface Call {
  readonly fn: string
  readonly args: Readonly<Record<string, unknown>>
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
