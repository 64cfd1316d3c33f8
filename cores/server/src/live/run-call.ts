/** A call over the live socket: the same dispatch as `POST call/`, for functions that say `websocket: true`. */

import { canonicalJson, type FrameId, MizanError, toTargetBody } from '@mizan/protocol'
import { readArguments } from '../dispatch/arguments.ts'
import type { Engine } from '../dispatch/engine.ts'
import { guard } from '../dispatch/guard.ts'
import { toPublicError } from '../dispatch/public-error.ts'
import { runMutation, type Settled } from '../dispatch/run-mutation.ts'
import type { Exchange } from '../scope.ts'
import { errorFrame } from './error-frame.ts'
import type { Fields } from './frame.ts'

/** One call and the way back. */
export interface SocketCall {
  readonly frame: { readonly id: FrameId; readonly fn: string; readonly args: Fields }
  readonly exchange: Exchange
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal
  readonly send: (text: string) => void
}

/**
 * Runs the function and sends its result, or its error with what was committed all the same.
 *
 * @throws MizanError before the function runs
 */
export async function runCall(engine: Engine, call: SocketCall): Promise<void> {
  const { frame, exchange, send } = call
  const entry = engine.registry.calls.get(frame.fn)
  // Not for sockets, private, of a context, or unknown: the same answer.
  if (entry?.facts.websocket !== true) throw new MizanError('NOT_FOUND', 'No such function')
  await guard(entry, exchange.principal, exchange.request)
  const args = await readArguments(entry, frame.args)
  if (entry.facts.stream)
    throw new MizanError('NOT_IMPLEMENTED', `${entry.name} streams: call it by POST`)
  const settled = await runMutation(engine, { entry, exchange, kind: 'socket', client: call }, args)
  const invalidated = invalidatedJson(engine, settled)
  try {
    if (!settled.ok) throw settled.error
    const result = JSON.stringify(entry.result.encode(settled.value)) ?? 'null'
    send(`{"id":${JSON.stringify(frame.id)}${invalidated},"result":${result}}`)
  } catch (error) {
    send(errorFrame(frame.id, toPublicError(error, engine.logger), invalidated))
  }
}

function invalidatedJson(engine: Engine, { told, writes }: Settled): string {
  const changed = engine.tagDigests?.ofWrites(writes) ?? []
  return [
    told.length === 0 ? '' : `,"invalidate":${canonicalJson(told.map(toTargetBody))}`,
    changed.length === 0 ? '' : `,"changed":${JSON.stringify(changed)}`,
  ].join('')
}
