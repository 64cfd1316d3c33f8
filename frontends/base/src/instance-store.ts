/** The instances of a kernel by key; those that nobody watches are kept for a while, the least recently used leave first. */

import type { Target } from '@mizan/protocol'

import { toAddress } from './address.ts'
import type { ContextDescriptor } from './descriptors.ts'
import { isReached } from './is-reached.ts'
import { Instance, type InstanceOptions } from './instance.ts'
import type { KernelEntry, KernelState } from './kernel-state.ts'
import type { Transport } from './transport.ts'

/** How a store remembers. */
export interface InstanceStoreOptions {
  /** Milliseconds. @default Date.now */
  readonly clock?: () => number
  /** What another kernel dehydrated, so that nothing is fetched twice. */
  readonly state?: KernelState
  /** How many instances that nobody watches are kept. @default 100 */
  readonly keep?: number
  /** How long an instance that nobody watches is kept, in milliseconds. @default 300_000 */
  readonly keepFor?: number
}

/**
 * Called when an instance is mounted, left or changed, also when it looks the same; without one after everything was
 * forgotten.
 */
export type ChangeListener = (instance?: Instance<unknown>) => void

/** All instances of one kernel. */
export interface InstanceStore {
  /** The instance if there is one: looking makes none, so that a render may look. */
  find<Params, Data>(
    context: ContextDescriptor<Params, Data>,
    params: Params | undefined,
  ): Instance<Data> | undefined
  /** The instance, made when there is none. */
  open<Params, Data>(
    context: ContextDescriptor<Params, Data>,
    params: Params | undefined,
  ): Instance<Data>
  /** Takes what is newer than what is here, and than everything that was made out of date. */
  hydrate(state: KernelState): void
  /** Has watched instances that a target reaches ask again, and drops the others; those in `fresh` are newer than it. */
  invalidate(targets: readonly Target[], fresh?: ReadonlySet<Instance<unknown>>): void
  /** For layers. */
  instances(): Instance<unknown>[]
  /** For layers. */
  listen(listener: ChangeListener): void
  /** Forgets everything; watched instances ask again. */
  clear(): void
  /** What is up to date, also what came from a server render and was not asked for. */
  dehydrate(): KernelState
}

/** Makes a store; what a server render left is opened when it is asked for, because only then its types are known. */
export function createInstanceStore(
  send: Transport,
  { clock = Date.now, keep = 100, keepFor = 300_000, state }: InstanceStoreOptions,
): InstanceStore {
  const slots = new Map<string, Instance<unknown>>()
  /** When something was last made out of date. */
  let changedAt = 0
  /** When those that nobody watches were made or last left, in that order. */
  const idle = new Map<string, number>()
  const entries = new Map<string, KernelEntry>()

  const listeners: ChangeListener[] = []
  const tell: ChangeListener = (instance) => {
    for (const listener of listeners) listener(instance)
  }

  const given: InstanceOptions = {
    send,
    clock,
    onChange(instance) {
      const { key } = instance.address
      // While it is being made, and when it was dropped.
      if (slots.get(key) !== instance) return
      idle.delete(key)
      if (!instance.isWanted()) rest(key)
      tell(instance)
    },
  }

  /** Makes room for one more: looks only at those that leave, and at the first that stays. */
  function rest(key: string): void {
    for (const [oldest, since] of idle) {
      if (idle.size < keep && clock() - since <= keepFor) break
      idle.delete(oldest)
      if (!slots.get(oldest)?.isWanted()) slots.delete(oldest)
    }
    idle.set(key, clock())
  }

  function open<Params, Data>(
    context: ContextDescriptor<Params, Data>,
    params: Params | undefined,
    isLook?: true,
  ): Instance<Data> {
    const address = toAddress(context, params)
    const { key } = address
    const known = slots.get(key)
    const entry = entries.get(key)
    // cast: the key holds the context's name and the digest of the artifact that fixes its types; nothing only for who looks.
    if (known || (isLook && !entry)) return known as unknown as Instance<Data>
    // cast: the params are in the address.
    const instance = new Instance(context as ContextDescriptor<never, Data>, address, given)
    if (entry) instance.hydrate(entry)
    entries.delete(key)
    rest(key)
    // cast: the way back, see above.
    slots.set(key, instance as unknown as Instance<unknown>)
    return instance
  }

  function hydrate({ contexts }: KernelState): void {
    for (const entry of contexts) {
      const { key, fetchedAt } = entry
      if (fetchedAt <= (entries.get(key)?.fetchedAt ?? changedAt) || fetchedAt <= changedAt)
        continue
      const instance = slots.get(key)
      if (instance) instance.hydrate(entry)
      else entries.set(key, entry)
    }
  }

  if (state) hydrate(state)
  return {
    open,
    find: (context, params) => open(context, params, true),
    hydrate,
    invalidate(targets, fresh) {
      changedAt = clock()
      for (const [key, entry] of entries) {
        // Which params it has is not known without its types: any target of its context counts.
        if (targets.some(({ context }) => context === entry.context)) entries.delete(key)
      }
      for (const [key, instance] of [...slots]) {
        if (fresh?.has(instance)) continue
        const hits = targets.filter((target) => isReached(instance.address, target))
        if (!hits[0]) continue
        if (instance.isWanted()) instance.invalidate(hits.map((target) => target.function))
        else slots.delete(key)
      }
    },
    listen: (listener) => void listeners.push(listener),
    instances: () => [...slots.values()],
    clear() {
      changedAt = clock()
      entries.clear()
      for (const [key, instance] of [...slots]) {
        if (instance.isWanted()) instance.reset()
        else slots.delete(key)
      }
      tell()
    },
    dehydrate() {
      const open = [...slots.values()].flatMap((instance) => instance.dehydrate() ?? [])
      return { contexts: [...open, ...entries.values()] }
    },
  }
}
