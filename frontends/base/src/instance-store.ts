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
  /** For layers: `listener` is called when an instance is mounted, left or changed, also when it looks the same. */
  listen(listener: () => void): void
  /** Forgets everything; watched instances ask again. */
  clear(): void
  /** What is up to date, also what came from a server render and was not asked for. */
  dehydrate(): KernelState
}

interface Slot {
  readonly instance: Instance<unknown>
  /** When it was made or last left. */
  readonly idleSince: number
}

/** Makes a store; what a server render left is opened when it is asked for, because only then its types are known. */
export function createInstanceStore(options: InstanceStoreOptions): InstanceStore {
  const { clock, keep, keepFor, state } = options
  /** In the order in which they were made or last left. */
  const slots = new Map<string, Slot>()
  const entries = new Map<string, KernelEntry>(
    state?.contexts.map((entry) => [entry.key, entry] as const),
  )

  const listeners: (() => void)[] = []
  const onChange = (): void => listeners.forEach((listener) => listener())

  function put(key: string, instance: Instance<unknown>): void {
    slots.delete(key)
    const idle = [...slots].filter(([, slot]) => !slot.instance.isWanted())
    let surplus = idle.length + 1 - keep
    for (const [idleKey, { idleSince }] of idle) {
      if (surplus-- > 0 || clock() - idleSince > keepFor) slots.delete(idleKey)
    }
    slots.set(key, { instance, idleSince: clock() })
  }

  function open<Params, Data>(
    context: ContextDescriptor<Params, Data>,
    params: Params | undefined,
  ): Instance<Data> {
    const address = toAddress(context, params)
    const { key } = address
    const known = slots.get(key)
    // cast: the key holds the context's name and the digest of the artifact that fixes its types.
    if (known) return known.instance as unknown as Instance<Data>
    const instance = createInstance(context, address, {
      ...options,
      entry: entries.get(key),
      onChange,
      onIdle: () => {
        onChange()
        // It may have been dropped since, and another one made under its key.
        if (slots.get(key)?.instance === erased) put(key, erased)
      },
    })
    // cast: the way back, see above.
    const erased = instance as unknown as Instance<unknown>
    entries.delete(key)
    put(key, erased)
    return instance
  }

  function retire(key: string, { instance }: Slot, ask: () => void): void {
    if (instance.isWanted()) ask()
    else slots.delete(key)
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
      for (const [key, slot] of [...slots]) {
        const { instance } = slot
        if (fresh?.has(instance)) continue
        const hits = targets.filter(
          ({ context, params }) => context === instance.name && isReached(instance.address, params),
        )
        const functions = hits.flatMap((target) => target.function ?? [])
        if (hits.length > 0) {
          const isBroad = functions.length < hits.length
          retire(key, slot, () => instance.invalidate(isBroad ? [] : functions))
        }
      }
    },
    listen: (listener) => void listeners.push(listener),
    instances: () => [...slots.values()].map(({ instance }) => instance),
    clear() {
      entries.clear()
      for (const [key, slot] of [...slots]) retire(key, slot, slot.instance.reset)
    },
    dehydrate() {
      const open = [...slots.values()].flatMap(({ instance }) => instance.dehydrate() ?? [])
      return { contexts: [...open, ...entries.values()] }
    },
  }
}
