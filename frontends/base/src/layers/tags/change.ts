/** What a call changed, and which instances that concerns, by the tags of their data (PROTOCOL section 5, "Tags"). */

import { fromTargetBody, type TargetBody } from '@mizan/protocol'

import type { Instance } from '../../instance.ts'
import { isReached } from '../../is-reached.ts'
import type { KernelAnswer } from '../../transport.ts'

/** What a call changed, as its answer tells it. JSON, because other tabs are told the same. */
export interface Change {
  readonly invalidate: readonly TargetBody[]
  /** Digests of the data that was written; absent where nobody observes that. */
  readonly changed?: readonly string[]
  /** Contexts whose targets are exact. Another one that is named as a whole is only seen to read what was written. */
  readonly exact?: readonly string[]
}

/** What the kernel is to make out of date. */
export type Reach = Pick<KernelAnswer, 'invalidate' | 'fresh'>

/** The tag of what was read from nobody knows where: every write reaches it. */
const everything = '*'

/** Reads an answer to a call. */
export function changeOf({ invalidate = [], headers }: KernelAnswer): Change {
  const changed = listOf(headers?.get('x-mizan-changed'))
  if (!changed) return { invalidate }
  const exact = listOf(headers?.get('x-mizan-invalidate')) ?? []
  return { invalidate, changed, exact: exact.map((target) => target.replace(/[.;].*/, '')) }
}

/** The elements of a header; nothing for none. */
export function listOf(header: string | null | undefined): readonly string[] | undefined {
  return header?.trim() ? header.split(',').map((one) => one.trim()) : undefined
}

/**
 * `fresh` are the instances that `change` does not concern although it names them: what they show was read from other data. One
 * whose tags nobody knows, or which is on its way, is reached by names; one that only its tags reach is named as well.
 */
export function reachOf(
  { invalidate, changed, exact = [] }: Change,
  instances: readonly Instance<unknown>[],
): Reach {
  if (!changed) return { invalidate }
  const written = new Set(changed)
  const isNamed = ({ address }: Instance<unknown>, bodies: readonly TargetBody[]): boolean =>
    bodies.some((body) => {
      const target = fromTargetBody(body)
      return target && isReached(address, target)
    })
  // What was only seen to be read stands in the body as the context's bare name.
  const sure = invalidate.filter((body) => typeof body !== 'string' || exact.includes(body))
  const fresh = new Set<Instance<unknown>>()
  const found: TargetBody[] = []
  for (const instance of instances) {
    // Of what is not up to date, nobody knows what the next answer will be made of.
    const { tags } = instance.dehydrate() ?? {}
    if (!tags?.[0]) continue
    const isRead = tags.some((tag) => tag === everything || written.has(tag))
    const { context, texts: params } = instance.address
    if (!isRead && !isNamed(instance, sure)) fresh.add(instance)
    if (isRead && !isNamed(instance, invalidate)) found.push({ context, params })
  }
  return { invalidate: [...invalidate, ...found], fresh }
}
