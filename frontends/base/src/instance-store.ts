/** The instances of a kernel by key; those that nobody watches are kept for a while, the least recently used leave first. */

import { reaches, type Target } from '@mizan/protocol'

import { fromTexts, type InstanceAddress, paramsOf, toAddress } from './address.ts'
import type { ContextDescriptor } from './descriptors.ts'
import { Instance, type InstanceOptions } from './instance.ts'
import type { KernelEntry, KernelState } from './kernel-state.ts'

/** What the store is made of. */
export interface InstanceStoreOptions extends Pick<InstanceOptions, 'send' | 'clock'> {
  readonly state: KernelState | undefined
  /** How many unwatched instances stay. */
  readonly keep: number
  /** How long an unwatched instance stays, in milliseconds. */
  readonly keepFor: number
}

/** All instances of one kernel. */
export class InstanceStore {
  readonly #options: InstanceStoreOptions
  /** In the order in which they were made or last left. */
  readonly #instances = new Map<string, Instance<unknown, unknown>>()
  /** From a server render, not asked for yet. */
  readonly #entries = new Map<string, KernelEntry>()

  constructor(options: InstanceStoreOptions) {
    this.#options = options
    for (const entry of options.state?.contexts ?? []) {
      this.#entries.set(
        fromTexts({ name: entry.context, artifact: entry.artifact }, entry.params).key,
        entry,
      )
    }
  }

  /** The instance if there is one: looking makes none, so that a render may look. */
  find<Params, Data>(
    context: ContextDescriptor<Params, Data>,
    params: Params | undefined,
  ): Instance<Params, Data> | undefined {
    const address = toAddress(context, params)
    const isKnown = this.#instances.has(address.key) || this.#entries.has(address.key)
    return isKnown ? this.#open(context, address) : undefined
  }

  /** The instance, made when there is none. */
  open<Params, Data>(
    context: ContextDescriptor<Params, Data>,
    params: Params | undefined,
  ): Instance<Params, Data> {
    return this.#open(context, toAddress(context, params))
  }

  /** Has watched instances that a target reaches ask again, and drops the others. */
  invalidate(targets: readonly Target[]): void {
    for (const [key, entry] of this.#entries) {
      // Without the descriptor the kinds of its params are not known: any target of its context counts.
      if (targets.some(({ context }) => context === entry.context)) this.#entries.delete(key)
    }
    for (const [key, instance] of [...this.#instances]) {
      const hits = targets.filter((target) => isReached(instance, target))
      if (hits.length === 0) continue
      const functions = hits.flatMap((target) => target.function ?? [])
      if (!instance.isWanted) this.#instances.delete(key)
      else instance.invalidate(functions.length === hits.length ? functions : [])
    }
  }

  /** Forgets everything; watched instances ask again. */
  clear(): void {
    this.#entries.clear()
    for (const [key, instance] of [...this.#instances]) {
      if (instance.isWanted) instance.reset()
      else this.#instances.delete(key)
    }
  }

  /** What is ready, also what came from a server render and was not asked for. */
  dehydrate(): KernelState {
    const entries = [...this.#instances.values()].flatMap((instance) => instance.dehydrate() ?? [])
    return { contexts: [...entries, ...this.#entries.values()] }
  }

  #open<Params, Data>(
    context: ContextDescriptor<Params, Data>,
    address: InstanceAddress,
  ): Instance<Params, Data> {
    const { key } = address
    const known = this.#instances.get(key)
    // cast: the key holds the context's name and the digest of the artifact that fixes its types.
    if (known) return known as unknown as Instance<Params, Data>
    this.#sweep()
    const instance: Instance<Params, Data> = new Instance(context, address, {
      ...this.#options,
      entry: this.#entries.get(key),
      onIdle: () => {
        // It may have been dropped since, and another one made under its key.
        if (this.#instances.get(key) !== erased || instance.isWanted) return
        this.#instances.delete(key)
        this.#instances.set(key, erased)
        this.#sweep()
      },
    })
    // cast: the way back, see above.
    const erased = instance as unknown as Instance<unknown, unknown>
    this.#entries.delete(key)
    this.#instances.set(key, erased)
    return instance
  }

  #sweep(): void {
    const { keep, keepFor, clock } = this.#options
    const unwatched = [...this.#instances].filter(([, instance]) => !instance.isWanted)
    let surplus = unwatched.length - keep
    for (const [key, { idleSince }] of unwatched) {
      if (surplus-- > 0 || clock() - idleSince > keepFor) this.#instances.delete(key)
    }
  }
}

/** Whether the target reaches the instance, its params being texts or JSON values. */
function isReached(
  { context, address: { texts } }: Instance<unknown, unknown>,
  target: Target,
): boolean {
  if (target.context !== context.name) return false
  const values: Record<string, unknown> = { ...texts }
  for (const [, { wire, kind }] of paramsOf(context)) {
    // The JSON of a param of more than one JSON kind differs from its text: "a" and "\"a\"".
    const text = kind === 'json' ? texts[wire] : undefined
    if (text !== undefined) values[wire] = JSON.parse(text)
  }
  return reaches(target, texts) || reaches(target, values)
}
