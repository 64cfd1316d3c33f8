/** A call reaches the instances whose data it wrote, not all that its answer names (PROTOCOL section 5, "Tags"). */

import type { InstanceStore } from '../../instance-store.ts'
import type { KernelLayer } from '../../transport.ts'
import { changeOf, listOf, reachOf } from './change.ts'

/**
 * Keeps what each instance was read from, and of what a call changed reaches those that read it. Targets that somebody named
 * (`affects`, `invalidate()`) reach what they name, as ever; so does any target an instance whose tags are not known.
 */
export function tags(): KernelLayer {
  let store: Pick<InstanceStore, 'instances'> | undefined
  const layer: KernelLayer = async (request, next) => {
    const answer = await next(request)
    if (request.idempotent) return { ...answer, tags: listOf(answer.headers?.get('x-mizan-tags')) }
    const { invalidate, fresh = [] } = reachOf(changeOf(answer), store?.instances() ?? [])
    return { ...answer, invalidate, fresh: new Set([...(answer.fresh ?? []), ...fresh]) }
  }
  layer.attach = (_kernel, given) => {
    store = given
  }
  return layer
}
