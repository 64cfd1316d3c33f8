/** The answer to a mutation that has ended, one way or the other. */

import { formatInvalidate, headerNames, type ProtocolResponse } from '@mizan/protocol'
import type { Engine } from '../dispatch/engine.ts'
import { toPublicError } from '../dispatch/public-error.ts'
import type { Invalidated, Settled } from '../dispatch/run-mutation.ts'
import { type Header, respondError } from './respond.ts'

/** Makes the answer of what the function returned, with the headers that name what was invalidated. */
export type RespondValue = (value: unknown, headers: readonly Header[]) => ProtocolResponse

/**
 * Answers with `respond`, or with the error. When a result has no wire form, its function has committed all the same:
 * what is invalidated is told with every answer.
 */
export function respondSettled(
  engine: Engine,
  settled: Settled,
  respond: RespondValue,
): ProtocolResponse {
  const headers = invalidateHeaders(engine, settled)
  try {
    if (!settled.ok) throw settled.error
    return respond(settled.value, headers)
  } catch (error) {
    return respondError(toPublicError(error, engine.logger), settled.told, headers)
  }
}

const none: readonly Header[] = Object.freeze([])

/** The headers that name what was invalidated. */
export function invalidateHeaders(
  engine: Engine,
  { targets, writes, deferred }: Invalidated,
): readonly Header[] {
  if (targets.length + writes.length === 0 && !deferred) return none
  const changed = engine.tagDigests?.ofWrites(writes) ?? []
  return [
    ...(targets.length === 0 ? [] : [[headerNames.invalidate, formatInvalidate(targets)] as const]),
    ...(changed.length === 0 ? [] : [[headerNames.changed, changed.join(', ')] as const]),
    ...engine.publicTags.ofStale({ targets, writes }),
    ...(deferred ? [[headerNames.purge, 'deferred'] as const] : []),
  ]
}
