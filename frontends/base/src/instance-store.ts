/** The instances of a kernel by key; those that nobody watches are kept for a while, the least recently used leave first. */

import type { Target } from '@mizan/protocol'

import { toAddress } from './address.ts'
import type { ContextDescriptor } from './descriptors.ts'
import { isReached } from './is-reached.ts'
import { createInstance, type Instance, type InstanceOptions } from './instance.ts'
import type { KernelEntry, KernelState } from './kernel-state.ts'

/** What a store is made of. */
export interface InstanceStoreOptions extends Pick<InstanceOptions, 'send' | 'clock'> {
  readonly state: KernelState | undefined
  /** How many unwatched instances stay. */
  readonly keep: number
  /** How long an unwatched instance stays, in milliseconds. */
  readonly keepFor: number
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
export function createInstanceStore(options: InstanceStoreOptions): InstanceStore {
  const { clock, keep, keepFor, state } = options
  const slots = new Map<string, Instance<unknown>>()
  /** When those that nobody watches were made or last left, in that order. */
  const idle = new Map<string, number>()
  const entries = new Map<string, KernelEntry>(
    state?.contexts.map((entry) => [entry.key, entry] as const),
  )

  const listeners: ChangeListener[] = []
  const tell: ChangeListener = (instance) => {
    for (const listener of listeners) listener(instance)
  }

  /** Makes room for one more: looks only at those that leave, and at the first that stays. */
  function rest(key: string): void {
    for (const [oldest, since] of idle) {
      if (idle.size < keep && clock() - since <= keepFor) break
      idle.delete(oldest)
      drop(oldest)
    }
    idle.set(key, clock())
  }

  function open<Params, Data>(
    context: ContextDescriptor<Params, Data>,
    params: Params | undefined,
  ): Instance<Data> {
    const address = toAddress(context, params)
    const { key } = address
    const known = slots.get(key)
    // cast: the key holds the context's name and the digest of the artifact that fixes its types.
    if (known) return known as unknown as Instance<Data>
    const instance = createInstance(context, address, {
      ...options,
      entry: entries.get(key),
      onChange() {
        // Not itself when it was dropped, and another one made under its key; nothing while it is being made.
        const current = slots.get(key)
        if (!current) return
        idle.delete(key)
        if (!current.isWanted()) rest(key)
        tell(current)
      },
    })
    entries.delete(key)
    rest(key)
    // cast: the way back, see above.
    slots.set(key, instance as unknown as Instance<unknown>)
    return instance
  }

  /** Unless somebody wants it. */
  function drop(key: string, ask?: () => void): void {
    if (!slots.get(key)?.isWanted()) slots.delete(key)
    else ask?.()
  }

  return {
    open,
    find(context, params) {
      const { key } = toAddress(context, params)
      return slots.has(key) || entries.has(key) ? open(context, params) : undefined
    },
    invalidate(targets, fresh) {
      for (const [key, entry] of entries) {
        // Which params it has is not known without its types: any target of its context counts.
        if (targets.some(({ context }) => context === entry.context)) entries.delete(key)
      }
      for (const [key, instance] of [...slots]) {
        if (fresh?.has(instance)) continue
        const hits = targets.filter(
          ({ context, params }) => context === instance.name && isReached(instance.address, params),
        )
        if (hits.length > 0)
          drop(key, () => instance.invalidate(hits.map((target) => target.function)))
      }
    },
    listen: (listener) => void listeners.push(listener),
    instances: () => [...slots.values()],
    clear() {
      entries.clear()
      for (const [key, instance] of [...slots]) drop(key, instance.reset)
      tell()
    },
    dehydrate() {
      const open = [...slots.values()].flatMap((instance) => instance.dehydrate() ?? [])
      return { contexts: [...open, ...entries.values()] }
    },
  }
}
