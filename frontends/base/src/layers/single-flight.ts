/** A call brings along what it made out of date, in the same answer (PROTOCOL section 5, "Single flight" and "Merge"). */

import { formatInvalidate, maximumHeaderBytes } from '@mizan/protocol'

import type { ContextState } from '../context-state.ts'
import type { InstanceStore } from '../instance-store.ts'
import type { Instance } from '../instance.ts'
import { isReached } from '../is-reached.ts'
import type { KernelAnswer, KernelLayer, KernelRequest } from '../transport.ts'

/** One element of `refreshed` and of `merge`: of a member when `function` names it, else of all. */
interface BundlePart {
  readonly context: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly function?: string
  readonly data: unknown
  readonly etag?: string | null
  readonly tags?: readonly string[]
}

type Erased = Instance<unknown>

/**
 * Tells each call which instances are mounted, and puts what comes back straight in. An instance that changed while the
 * call was under way asks for itself: nobody knows which of the two is newer.
 */
export function singleFlight(): KernelLayer {
  let store: Pick<InstanceStore, 'instances'> | undefined
  const layer: KernelLayer = async (request, next) => {
    const before = new Map<Erased, ContextState<unknown>>()
    if (!request.idempotent) {
      for (const instance of store?.instances() ?? []) {
        // What is on its way may be made out of date once more without anything to be seen of it.
        if (instance.dehydrate()) before.set(instance, instance.read())
      }
    }
    const mounted = formatMounted([...before.keys()].filter((instance) => instance.isWanted()))
    const answer = await next(mounted === '' ? request : withMounted(request, mounted))
    if (answer.session) return answer
    return { ...answer, fresh: new Set([...(answer.fresh ?? []), ...put(answer, before)]) }
  }
  layer.attach = (_kernel, given) => {
    store = given
  }
  return layer
}

function withMounted(request: KernelRequest, mounted: string): KernelRequest {
  return { ...request, headers: { ...request.headers, 'x-mizan-mounted': mounted } }
}

/** As many as fit in the header: broad ones would mean other instances. */
function formatMounted(instances: readonly Erased[]): string {
  let text = ''
  for (const { address } of instances) {
    const one = formatInvalidate([{ context: address.context, params: address.texts }])
    const longer = text === '' ? one : `${text}, ${one}`
    if (longer.length > maximumHeaderBytes) break
    text = longer
  }
  return text
}

function put(
  { body }: KernelAnswer,
  before: ReadonlyMap<Erased, ContextState<unknown>>,
): ReadonlySet<Erased> {
  // cast: an answer's parts are looked at where they are used
  const parts = [body?.['refreshed'], body?.['merge']].flatMap((list) =>
    Array.isArray(list) ? (list as BundlePart[]) : [],
  )
  const taken = new Set<Erased>()
  for (const part of parts) {
    for (const [instance, state] of before) {
      const isUntouched = instance.read() === state || taken.has(instance)
      if (isUntouched && isMeant(instance, part) && accept(instance, part)) taken.add(instance)
    }
  }
  return taken
}

function isMeant({ address }: Erased, { context, params = {} }: BundlePart): boolean {
  return (
    Object.keys(params).length === Object.keys(address.texts).length &&
    isReached(address, { context, params })
  )
}

/** A part of what is not up to date would hide that the rest is not. */
function accept(instance: Erased, { function: member, data, etag, tags }: BundlePart): boolean {
  const held = instance.dehydrate()?.data
  if (member && !held) return false
  // cast: the server sends a bundle
  const body = member ? { ...held, [member]: data } : (data as Readonly<Record<string, unknown>>)
  // A merge has neither etag nor tags: what they were of is no more what is shown.
  instance.accept({ body, etag, tags })
  return true
}
