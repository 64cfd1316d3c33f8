/** What a call will change is shown before the server has answered, and taken back when it refuses. */

import { fromTargetBody } from '@mizan/protocol'

import type { CallDescriptor, ContextDescriptor } from '../descriptors.ts'
import type { ChangeListener } from '../instance-store.ts'
import type { Instance } from '../instance.ts'
import { isReached } from '../is-reached.ts'
import { toWire } from '../requests.ts'
import { shareValues } from '../share-values.ts'
import type { KernelAnswer, KernelLayer } from '../transport.ts'

/** A value that a recipe may change. */
export type Draft<Value> = Value extends
  | Date
  | Uint8Array
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  ? Value
  : Value extends object
    ? { -readonly [Key in keyof Value]: Draft<Value[Key]> }
    : Value

/** What calls of one function do to the instances of one context. */
export interface OptimisticChange {
  readonly fn: string
  readonly context: string
  /** The arguments by wire name. */
  toWire(args: unknown): Readonly<Record<string, unknown>>
  /** `data` as it will be; `data` itself when nothing changes. */
  apply(data: unknown, args: unknown): unknown
}

/**
 * Says once what a call of `fn` will do to instances of `context`: to those that the arguments reach, by the names of params.
 *
 * @param recipe changes `draft`, a copy. Called again on each newer bundle while the call is on its way, so it has to bear that its
 *   change is there already: look by id before you add. One that throws has no effect on that bundle.
 */
export function change<Args, Result, Params, Data>(
  fn: CallDescriptor<Args, Result>,
  context: ContextDescriptor<Params, Data>,
  recipe: (draft: Draft<Data>, args: Args) => void,
): OptimisticChange {
  return {
    fn: fn.name,
    context: context.name,
    // cast: the arguments of this function.
    toWire: (args) => toWire(fn.args, args as Args),
    apply(data, args) {
      try {
        const draft = structuredClone(data)
        // cast: data of this context, arguments of this function.
        recipe(draft as Draft<Data>, (args ?? {}) as Args)
        return shareValues(data, draft)
      } catch {
        // What it was to change is not there any more, or not there yet.
        return data
      }
    },
  }
}

/**
 * Shows `changes` at once. They stand on top of what the server says until the call is answered and what it made out of date has
 * been fetched, in the order of the calls; a failed call's are taken back. Give it before layers that hold calls back.
 */
export function optimistic(...changes: readonly OptimisticChange[]): KernelLayer {
  const calls = new Set<OptimisticCall>()
  const contexts = new Set(changes.map(({ context }) => context))
  const views = new WeakMap<Instance<unknown>, View>()
  let instances = (): readonly Instance<unknown>[] => []

  function show(instance: Instance<unknown>): void {
    const view = views.get(instance) ?? viewOf(instance, calls)
    views.set(instance, view)
    instance.show(view)
  }

  /** Has what `call` reaches looked at again. */
  function renew(call: OptimisticCall): void {
    for (const instance of instances()) if (call.reaches(instance)) show(instance)
  }

  const layer: KernelLayer = async (request, next) => {
    const own = changes.filter(({ fn }) => !request.idempotent && fn === request.name)
    if (own.length === 0) return next(request)
    const call = new OptimisticCall(own, request.args)
    calls.add(call)
    renew(call)
    let answer: KernelAnswer | undefined
    try {
      return (answer = await next(request))
    } finally {
      call.settle(answer, instances())
      if (call.isOver) calls.delete(call)
      renew(call)
    }
  }
  layer.attach = (_kernel, store) => {
    instances = store.instances
    const listen: ChangeListener = (instance) => {
      if (calls.size === 0) return
      for (const call of calls) {
        if (!instance) call.drop()
        else if (!instance.isWanted()) call.drop(instance)
        if (call.isOver) calls.delete(call)
      }
      // It was mounted while a call is on its way.
      if (instance && contexts.has(instance.address.context) && !views.has(instance)) show(instance)
    }
    store.listen(listen)
  }
  return layer
}

/** One call, from when it is made until all that it changed has been fetched. */
class OptimisticCall {
  readonly #changes: readonly OptimisticChange[]
  readonly #args: unknown
  readonly #wire: Readonly<Record<string, unknown>>
  #isPending = true
  /** After a good answer: what is still to be fetched, and whether the request for it has begun. */
  readonly #awaited = new Map<Instance<unknown>, 'answered' | 'asked'>()

  constructor(changes: readonly OptimisticChange[], args: unknown) {
    this.#changes = changes
    this.#args = args
    this.#wire = changes[0]?.toWire(args) ?? {}
  }

  get isOver(): boolean {
    return !this.#isPending && this.#awaited.size === 0
  }

  reaches({ address }: Instance<unknown>): boolean {
    return this.#changes.some(({ context }) => isReached(address, { context, params: this.#wire }))
  }

  /** Whether it stands on top of data that is up to date, or not. */
  holds(instance: Instance<unknown>, isStale: boolean): boolean {
    if (this.#isPending) return this.reaches(instance)
    const state = this.#awaited.get(instance)
    if (isStale && state === 'answered') this.#awaited.set(instance, 'asked')
    // What is up to date after it was asked for holds the change itself.
    if (!isStale && state === 'asked') this.#awaited.delete(instance)
    return this.#awaited.has(instance)
  }

  apply(data: unknown, context: string): unknown {
    return this.#changes
      .filter((change) => change.context === context)
      .reduce((value, change) => change.apply(value, this.#args), data)
  }

  /** A failed call is over; a good one stays where its answer says that data is out of date. */
  settle(answer: KernelAnswer | undefined, instances: readonly Instance<unknown>[]): void {
    this.#isPending = false
    if (!answer || answer.error || answer.session) return
    const targets = (answer.invalidate ?? []).flatMap((target) => fromTargetBody(target) ?? [])
    for (const instance of instances) {
      const isNamed = targets.some((target) => isReached(instance.address, target))
      // Where nothing is shown yet, nothing could go back to what was before.
      const isShown = instance.isWanted() && instance.read().data !== undefined
      if (isNamed && isShown && this.reaches(instance) && !answer.fresh?.has(instance))
        this.#awaited.set(instance, 'answered')
    }
  }

  /** Of one instance, or of all: nobody shows them any more. */
  drop(instance?: Instance<unknown>): void {
    if (instance) this.#awaited.delete(instance)
    else this.#awaited.clear()
  }
}

type View = (data: unknown, isStale: boolean) => unknown

function viewOf(instance: Instance<unknown>, calls: ReadonlySet<OptimisticCall>): View {
  let last: { data: unknown; held: readonly OptimisticCall[]; shown: unknown } | undefined
  return (data, isStale) => {
    const held = [...calls].filter((call) => call.holds(instance, isStale))
    const isSame =
      last?.data === data &&
      last?.held.length === held.length &&
      held.every((call, index) => call === last?.held[index])
    if (!isSame) {
      const value = held.reduce(
        (before, call) => call.apply(before, instance.address.context),
        data,
      )
      last = { data, held, shown: value }
    }
    return last?.shown
  }
}
