/** What happens in one kernel, put into its timeline with what it came of. */

import { formatInvalidate, fromTargetBody, type Target } from '@mizan/protocol'

import { toAddress } from '../address.ts'
import type { InstanceStore } from '../instance-store.ts'
import type { Instance } from '../instance.ts'
import { isReached } from '../is-reached.ts'
import type { Kernel } from '../kernel.ts'
import { changeOf, reachOf } from '../layers/tags/change.ts'
import type { KernelAnswer, KernelRequest } from '../transport.ts'
import type { InstanceFacts } from './devtools.ts'
import type { Recorder } from './recorder.ts'
import type { CallEntry, InvalidationEntry, PushEntry, ReadCause, ReadEntry } from './timeline.ts'
import { countWatchers, type Watchers } from './watchers.ts'

type Erased = Instance<unknown>
type Store = Pick<InstanceStore, 'instances' | 'listen'>
type Landed = ReadEntry | PushEntry

/** The longest JSON of arguments that is kept. */
const longest = 300

/** Stands in the methods of one kernel and its instances. */
export class KernelWatch {
  readonly #store: Store
  readonly #recorder: Recorder
  readonly #watchers: Watchers
  /** Why the next request for an instance will be made. */
  readonly #causes = new Map<string, ReadCause>()
  /** What last brought data to an instance, or is about to. */
  readonly #latest = new Map<string, Landed>()
  /** Data before an answer that has not been shown yet. */
  readonly #landing = new Map<string, { readonly entry: ReadEntry; readonly before: unknown }>()
  readonly #known = new WeakSet<Erased>()
  readonly #pending = new Set<CallEntry>()
  /** Who was told in this turn of what no data brought. */
  #guessed: readonly string[] = []
  #isAccepting = false
  /** The call whose answer is being taken apart. */
  #answering: number | undefined

  constructor(kernel: Kernel, store: Store, recorder: Recorder) {
    this.#store = store
    this.#recorder = recorder
    this.#watchers = countWatchers(kernel, {
      onWatch: (key) => this.#want(key, 'shown'),
      onTold: (key, member) => this.#tell(key, member),
    })
    this.#standIn(kernel)
    store.listen((instance) => {
      if (instance) this.#look(instance)
      recorder.changed()
    })
  }

  /** A request leaves; the returned function is called with its answer, with nothing when it was given up. */
  begin(request: KernelRequest): (answer?: KernelAnswer) => void {
    const start = this.#recorder.now()
    const finish = request.idempotent ? this.#read(request) : this.#call(request)
    return (answer) => {
      finish(this.#recorder.now() - start, answer)
      this.#recorder.changed()
    }
  }

  instances(): readonly InstanceFacts[] {
    return this.#store.instances().map((instance) => ({
      label: labelOf(instance),
      state: instance.read(),
      watchers: this.#watchers.of(instance.address.key),
    }))
  }

  invalidate(label?: string): void {
    const chosen = this.#store
      .instances()
      .filter((instance) => label === undefined || labelOf(instance) === label)
    this.#invalidated('developer tools', chosen.map(labelOf), chosen.filter(isShown))
    for (const instance of chosen) instance.invalidate([])
  }

  refetch(label: string): void {
    const instance = this.#store.instances().find((one) => labelOf(one) === label)
    if (!instance) return
    this.#causes.set(instance.address.key, { by: 'refetch' })
    // The failure is shown by the instance.
    instance.refetch().catch(() => undefined)
  }

  #standIn(kernel: Kernel): void {
    const { load, refetch, invalidate, clear } = kernel
    kernel.load = (context, params, options) => {
      this.#want(
        keyOf(() => toAddress(context, params).key),
        'load',
      )
      return load(context, params, options)
    }
    kernel.refetch = (context, params, options) => {
      const key = keyOf(() => toAddress(context, params).key)
      if (key !== undefined) this.#causes.set(key, { by: 'refetch' })
      return refetch(context, params, options)
    }
    kernel.invalidate = (bodies, options) => {
      const targets = bodies.flatMap((body) => fromTargetBody(body) ?? [])
      const reached = this.#reachedBy(targets, options?.fresh)
      this.#invalidated(options?.from ?? 'the page', textsOf(targets), reached)
      invalidate(bodies, options)
    }
    kernel.clear = () => {
      this.#invalidated('the page', [], this.#store.instances().filter(isShown))
      clear()
    }
  }

  /** Stands in the methods of an instance that layers call, from when it is first seen. */
  #look(instance: Erased): void {
    const { key } = instance.address
    const landing = this.#landing.get(key)
    if (landing) {
      this.#landing.delete(key)
      landing.entry.changed = changesOf(landing.before, instance.read().data)
    }
    if (this.#known.has(instance)) return
    this.#known.add(instance)
    const invalidate = instance.invalidate.bind(instance)
    const accept = instance.accept.bind(instance)
    instance.invalidate = (functions, from?: string) => {
      if (from !== undefined) this.#invalidated(from, [labelOf(instance)], [instance])
      invalidate(functions)
    }
    instance.accept = (answer, at) => {
      const before = instance.read().data
      const entry = this.#recorder.add<PushEntry>({
        kind: 'push',
        label: labelOf(instance),
        by: this.#answering,
        changed: [],
        told: new Map(),
      })
      this.#causes.delete(key)
      this.#latest.set(key, entry)
      this.#isAccepting = true
      accept(answer, at)
      this.#isAccepting = false
      entry.changed = changesOf(before, instance.read().data)
    }
  }

  #read({ path }: KernelRequest): Finish {
    const instance = this.#store.instances().find(({ address: { context, query } }) => {
      return path === `/ctx/${context}/${query && '?'}${query}`
    })
    const key = instance?.address.key ?? path
    const last = this.#latest.get(key)
    const isRetry = last?.kind === 'read' && last.error !== undefined
    const entry = this.#recorder.add<ReadEntry>({
      kind: 'read',
      label: instance ? labelOf(instance) : path,
      cause: this.#causes.get(key) ?? { by: isRetry ? 'retry' : 'unknown' },
      changed: [],
      told: new Map(),
    })
    this.#causes.delete(key)
    this.#latest.set(key, entry)
    return (milliseconds, answer) => {
      Object.assign(entry, { milliseconds, ...resultOf(answer) })
      if (instance && answer) this.#landing.set(key, { entry, before: instance.read().data })
    }
  }

  #call({ name, args }: KernelRequest): Finish {
    const entry = this.#recorder.add<CallEntry>({
      kind: 'call',
      name,
      args: toText(args),
      targets: [],
      reached: [],
      told: new Map(),
    })
    this.#pending.add(entry)
    for (const member of this.#guessed) count(entry.told, member)
    this.#guessed = []
    return (milliseconds, answer) => {
      this.#pending.delete(entry)
      const shown = this.#store.instances().filter(isShown)
      // Layers further out act on the same answer.
      const { invalidate = [], fresh } = answer ? reachOf(changeOf(answer), shown) : {}
      const targets = invalidate.flatMap((body) => fromTargetBody(body) ?? [])
      const reached = answer?.session ? shown : this.#reachedBy(targets, fresh)
      Object.assign(entry, {
        milliseconds,
        ...resultOf(answer),
        targets: textsOf(targets),
        reached: reached.map(labelOf),
        ...(answer?.session && { isSessionChange: true }),
      })
      this.#because(entry.id, reached)
      // What the answer brings along is put in by layers further out, before the next task.
      this.#answering = entry.id
      setTimeout(() => {
        if (this.#answering === entry.id) this.#answering = undefined
      })
    }
  }

  #invalidated(from: string, targets: readonly string[], reached: readonly Erased[]): void {
    const entry = this.#recorder.add<InvalidationEntry>({
      kind: 'invalidation',
      from,
      targets,
      reached: reached.map(labelOf),
    })
    this.#because(entry.id, reached)
  }

  #because(id: number, reached: readonly Erased[]): void {
    for (const { address } of reached) this.#causes.set(address.key, { by: id })
  }

  /** Somebody is about to ask for what is not at hand. */
  #want(key: string | undefined, by: 'shown' | 'load'): void {
    if (key === undefined) return
    const state = this.#store
      .instances()
      .find(({ address }) => address.key === key)
      ?.read()
    const isAtHand = state?.status === 'success' && !state.isStale
    if (!isAtHand && state?.status !== 'loading') this.#causes.set(key, { by })
  }

  #tell(key: string, member: string): void {
    const latest = this.#latest.get(key)
    const isUnderWay = latest?.kind === 'read' && latest.milliseconds === undefined
    if (isUnderWay || this.#landing.has(key) || this.#isAccepting) count(latest?.told, member)
    else this.#guess(member)
    this.#recorder.changed()
  }

  /** What changes while no data comes is what a call is guessed to do: one on its way, or one about to leave in this turn. */
  #guess(member: string): void {
    const call = [...this.#pending].at(-1)
    if (call) return count(call.told, member)
    this.#guessed = [...this.#guessed, member]
    queueMicrotask(() => (this.#guessed = []))
  }

  #reachedBy(targets: readonly Target[], fresh?: ReadonlySet<Erased>): readonly Erased[] {
    return this.#store
      .instances()
      .filter((one) => isShown(one) && !fresh?.has(one))
      .filter(({ address }) => targets.some((target) => isReached(address, target)))
  }
}

type Finish = (milliseconds: number, answer: KernelAnswer | undefined) => void

function count(told: Map<string, number> | undefined, member: string): void {
  told?.set(member, (told.get(member) ?? 0) + 1)
}

function labelOf({ address: { context, query } }: Erased): string {
  return `${context}${query && '?'}${query}`
}

function isShown(instance: Erased): boolean {
  return instance.isWanted()
}

/** Without one for params that the kernel itself will refuse. */
function keyOf(look: () => string): string | undefined {
  try {
    return look()
  } catch {
    return undefined
  }
}

function textsOf(targets: readonly Target[]): readonly string[] {
  return targets.map((target) => formatInvalidate([target]))
}

function resultOf(answer: KernelAnswer | undefined): Partial<ReadEntry> {
  if (!answer) return { isAborted: true }
  return { status: answer.status, ...(answer.error && { error: answer.error.code }) }
}

function changesOf(before: unknown, after: unknown): readonly string[] {
  if (before === after) return []
  // cast: a bundle, or nothing.
  const [old, next] = [before ?? {}, after ?? {}] as Record<string, unknown>[]
  const members = new Set([...Object.keys(old ?? {}), ...Object.keys(next ?? {})])
  return [...members].filter((member) => old?.[member] !== next?.[member])
}

function toText(args: unknown): string | undefined {
  try {
    const text = JSON.stringify(args)
    return text !== undefined && text.length > longest ? `${text.slice(0, longest)}…` : text
  } catch {
    // Circles, or a bigint that the descriptor would have made a text of.
    return undefined
  }
}
