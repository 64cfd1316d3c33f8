/** Calls that must not overtake each other wait for each other. */

import type { CallDescriptor } from '../descriptors.ts'
import { orAborted } from '../or-aborted.ts'
import type { KernelLayer } from '../transport.ts'

/**
 * Sends calls of `fns` whose arguments have one `key` one after the other, in the order in which they were made; a failed one
 * does not hold up the next. Who gives a call up that waits has not sent it.
 */
export function serial<Args>(
  fns: readonly CallDescriptor<Args, unknown>[],
  key: (args: Args) => string | number,
): KernelLayer {
  const names = new Set(fns.map(({ name }) => name))
  /** The last call of each key; it never rejects. */
  const tails = new Map<string | number, Promise<unknown>>()

  return (request, next) => {
    if (request.idempotent || !names.has(request.name)) return next(request)
    const { signal } = request
    // cast: the arguments of one of these functions.
    const queue = key(request.args as Args)
    const before = tails.get(queue) ?? Promise.resolve()
    const answer = orAborted(before, signal).then(() => next(request))
    // Who gave up leaves their place to who comes after, not before its time.
    const tail = Promise.all([before, answer.catch(() => undefined)]).then(() => {
      if (tails.get(queue) === tail) tails.delete(queue)
    })
    tails.set(queue, tail)
    return answer
  }
}
