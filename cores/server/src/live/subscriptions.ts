/** Who shows what: finds the subscriptions that an invalidation reaches, without looking at the others. */

import { type FrameId, reaches, type Target } from '@mizan/protocol'
import { everythingTag } from '../dispatch/data-tag.ts'
import type { ContextEntry } from '../registry.ts'

/** One instance that one client shows. */
export interface Subscription {
  readonly id: FrameId
  readonly context: ContextEntry
  /** Canonical texts by wire name. */
  readonly params: Readonly<Record<string, string>>
}

/** What was invalidated. */
export interface Invalidation {
  readonly targets: readonly Target[]
  /** Data tags that were written. */
  readonly writes: readonly string[]
  /** What the client named the call that did it. */
  readonly call?: string | undefined
}

/** Why a subscription is stale: targets that name it, and data tags that it was read from. */
export interface Reached {
  readonly targets: readonly Target[]
  readonly tags: readonly string[]
  /** What the client named the call that did it. */
  readonly call?: string | undefined
}

/** What is known of the data that a client holds: nothing while it is being read, or after it went stale. */
interface Reading {
  tags: ReadonlySet<string> | undefined
  /** Writes during a first read: they count once its tags are known. */
  missed: Set<string> | undefined
}

/** The subscriptions of one process. */
export class Subscriptions<S extends Subscription = Subscription> {
  readonly #readings = new Map<S, Reading>()
  readonly #byContext = new Map<string, Set<S>>()
  readonly #byTag = new Map<string, Set<S>>()
  readonly #untagged = new Set<S>()

  #seesWrites = false

  get size(): number {
    return this.#readings.size
  }

  /** From now on it is reached; `read` follows once its tags are known. */
  add(subscription: S): void {
    this.#readings.set(subscription, { tags: undefined, missed: new Set() })
    addTo(this.#byContext, subscription.context.name, subscription)
    this.#untagged.add(subscription)
  }

  /** Whether anybody observes writes: without them nobody asks for tags. */
  get seesWrites(): boolean {
    return this.#seesWrites
  }

  /** It is being read again: what is written meanwhile counts once its tags are known. */
  begin(subscription: S): void {
    const reading = this.#readings.get(subscription)
    if (reading !== undefined && reading.tags === undefined) reading.missed ??= new Set()
  }

  /**
   * The data tags of what the client now holds.
   *
   * @returns those that were written while it was read
   */
  read(subscription: S, tags: Iterable<string>): readonly string[] {
    const reading = this.#readings.get(subscription)
    if (reading === undefined) return []
    const { missed = new Set<string>() } = reading
    reading.tags = new Set(tags)
    reading.missed = undefined
    for (const tag of reading.tags) addTo(this.#byTag, tag, subscription)
    this.#untagged.delete(subscription)
    return [...missed].filter(
      (tag) => reading.tags?.has(tag) === true || reading.tags?.has(everythingTag) === true,
    )
  }

  remove(subscription: S): void {
    this.#forgetTags(subscription)
    this.#untagged.delete(subscription)
    this.#readings.delete(subscription)
    removeFrom(this.#byContext, subscription.context.name, subscription)
  }

  /** What the client holds is stale: until it is read anew, every write may concern it. */
  expire(subscription: S): void {
    const reading = this.#readings.get(subscription)
    if (reading === undefined) return
    this.#forgetTags(subscription)
    reading.tags = undefined
    reading.missed = undefined
    this.#untagged.add(subscription)
  }

  /** Those that went stale, each with the reasons. */
  reachedBy({ targets, writes }: Invalidation): Map<S, Reached> {
    const reached = new Map<S, { targets: Target[]; tags: string[] }>()
    const of = (subscription: S): { targets: Target[]; tags: string[] } => {
      const known = reached.get(subscription) ?? { targets: [], tags: [] }
      reached.set(subscription, known)
      return known
    }
    for (const target of targets) {
      for (const subscription of this.#byContext.get(target.context) ?? []) {
        if (reaches(target, subscription.params)) of(subscription).targets.push(target)
      }
    }
    if (writes.length === 0) return reached
    this.#seesWrites = true
    for (const tag of [...writes, everythingTag]) {
      for (const subscription of this.#byTag.get(tag) ?? []) of(subscription).tags.push(tag)
    }
    if (writes.includes(everythingTag)) for (const one of this.#readings.keys()) of(one)
    for (const subscription of this.#untagged) {
      const missed = this.#readings.get(subscription)?.missed
      if (missed === undefined) of(subscription)
      else for (const tag of writes) missed.add(tag)
    }
    return reached
  }

  #forgetTags(subscription: S): void {
    for (const tag of this.#readings.get(subscription)?.tags ?? [])
      removeFrom(this.#byTag, tag, subscription)
  }
}

function addTo<T>(index: Map<string, Set<T>>, key: string, item: T): void {
  index.set(key, (index.get(key) ?? new Set<T>()).add(item))
}

function removeFrom<T>(index: Map<string, Set<T>>, key: string, item: T): void {
  const items = index.get(key)
  items?.delete(item)
  if (items?.size === 0) index.delete(key)
}
