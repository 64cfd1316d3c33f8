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
  layer.attach = (kernel, given) => {
    store = given
    const { invalidate } = kernel
    // What a stream changed stands in its last line, when its answer has long been here.
    kernel.invalidate = (targets, options) => {
      const { changed, exact, ...rest } = options ?? {}
      if (!changed) return invalidate(targets, options)
      const reach = reachOf({ invalidate: targets, changed, exact }, given.instances())
      const fresh = new Set([...(rest.fresh ?? []), ...(reach.fresh ?? [])])
      invalidate(reach.invalidate ?? [], { ...rest, fresh })
    }
  }
  return layer
}
