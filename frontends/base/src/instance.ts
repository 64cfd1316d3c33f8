/** One instance of a context: its data, who watches it, and the one request that may be on its way. */

import type { MizanError } from '@mizan/protocol'

import type { InstanceAddress } from './address.ts'
import { acceptAnswer, type Bundle, emptyBundle } from './bundle.ts'
import { type ContextState, idleState, isSameState } from './context-state.ts'
import type { ContextDescriptor } from './descriptors.ts'
import type { KernelEntry } from './kernel-state.ts'
import { orAborted } from './or-aborted.ts'
import { membersOf, toReadRequest } from './requests.ts'
import { toMizanError } from './to-mizan-error.ts'
import type { KernelAnswer, Transport } from './transport.ts'

/** What an instance is given by its kernel. */
export interface InstanceOptions {
  readonly send: Transport
  /** Milliseconds. */
  readonly clock: () => number
  /** Called when it is mounted, at each change, and when nobody watches or awaits it any more. */
  readonly onChange: () => void
  /** Data from a server render. */
  readonly entry: KernelEntry | undefined
}

/** The state machine behind one key of the kernel. */
export interface Instance<Data> {
  /** Wire name of the context. */
  readonly name: string
  readonly address: InstanceAddress
  /** Keeps its identity until something of it changes. */
  read(): ContextState<Data>
  /** The same as one member sees it. */
  readMember<Key extends keyof Data & string>(member: Key): ContextState<Data[Key]>
  /** Somebody watches or awaits it. */
  isWanted(): boolean
  /** Watches; the first watcher of missing or stale data starts the request. */
  subscribe(listener: () => void): () => void
  /**
   * The data, from a request that no invalidation overtook.
   *
   * @throws MizanError of the answer; the reason of `signal` when that aborts.
   */
  load(signal: AbortSignal | undefined): Promise<Data>
  /** {@link Instance.load}, but not from what is at hand. */
  refetch(signal: AbortSignal | undefined): Promise<Data>
  /** Makes members out of date by their wire names, all of them when `undefined` or none is named, and asks for them again. */
  invalidate(functions: readonly (string | undefined)[]): void
  /** Takes a bundle that came with another answer, newer than all before it. */
  accept(answer: Pick<KernelAnswer, 'body' | 'etag'>): void
  /**
   * Shows what `next` makes of the data instead of the data itself, now and at each change; it gives the same result for the same
   * data unless something changed.
   */
  show(next: (data: Data, isStale: boolean) => Data): void
  /** Forgets the data as well. */
  reset(): void
  /** What a successor needs; `undefined` unless all of it is up to date. */
  dehydrate(): KernelEntry | undefined
}

type Landing = Pick<KernelAnswer, 'body' | 'etag' | 'error'>

/** Statuses after which the data from before is not shown on: signed out, forbidden, not there, gone. */
const withdrawn: readonly number[] = [401, 403, 404, 410]

/** Makes the instance of `context` at `address`; nothing is fetched yet. */
export function createInstance<Params, Data>(
  context: ContextDescriptor<Params, Data>,
  address: InstanceAddress,
  { send, clock, onChange, entry }: InstanceOptions,
): Instance<Data> {
  // Lists instead of sets, and nothing before it is needed: there may be a hundred thousand of these.
  let listeners: readonly (() => void)[] = []
  let views: Map<keyof Data, ContextState<unknown>> | undefined
  /** Members that the next answer may change; empty when all are up to date. */
  let stale: readonly string[] = []
  let view = (data: Data, _isStale: boolean): Data => data
  let bundle: Bundle<Data> = emptyBundle
  let state: ContextState<Data> = idleState
  let awaiting = 0
  let flight: Promise<MizanError | undefined> | undefined
  let abort: AbortController | undefined

  function set(patch: Partial<ContextState<Data>>): void {
    const isStale = bundle.data !== undefined && stale.length > 0
    const data = bundle.data && view(bundle.data, isStale)
    const next = Object.freeze({ ...state, ...patch, data, isStale })
    if (!isSameState(state, next)) state = next
    // Also when it is the same: what is stale may have changed for one member.
    for (const listener of [...listeners, onChange]) listener()
  }

  /** A function that this client does not know counts as all of them. */
  function expire(functions: readonly (string | undefined)[] = []): void {
    const members = membersOf(context)
    const named = members.filter(([, { wire }]) => functions.includes(wire))
    const expired = named.length > 0 && !functions.includes(undefined) ? named : members
    stale = [...new Set([...stale, ...expired.map(([key]) => key)])]
    set({})
  }

  const isWanted = (): boolean => listeners.length + awaiting > 0

  function land(answer: Landing, at: number): MizanError | undefined {
    let failure: MizanError | undefined
    try {
      if (answer.error) throw context.failed?.(answer.error) ?? answer.error
      // Where there is no data, all of it is to be shown, whatever was named.
      const shown = membersOf(context).filter(([key]) => !bundle.data || stale.includes(key))
      bundle = acceptAnswer(bundle, answer, shown)
      stale = []
    } catch (cause) {
      failure = toMizanError(cause)
      if (withdrawn.includes(failure.status)) bundle = emptyBundle
    }
    const fetchedAt = failure ? state.fetchedAt : at
    set({ status: failure ? 'error' : 'success', error: failure, fetchedAt })
    return failure
  }

  /** Asks until an answer comes that no invalidation overtook, or nobody wants it. Never rejects. */
  async function fly(): Promise<MizanError | undefined> {
    for (;;) {
      const { signal } = (abort = new AbortController())
      const answer: Landing = await send(
        toReadRequest(context, address.query, { etag: bundle.etag, signal }),
      ).catch((cause: unknown) => ({ error: toMizanError(cause) }))
      if (signal.aborted && stale[0] && isWanted()) continue
      flight = abort = undefined
      if (signal.aborted) return undefined
      return land(answer, clock())
    }
  }

  function fetch(): Promise<MizanError | undefined> {
    flight ??= fly()
    if (state.data === undefined) set({ status: 'loading', error: undefined })
    return flight
  }

  function release(): void {
    if (isWanted()) return
    abort?.abort()
    if (state.status === 'loading') state = idleState
    onChange()
  }

  async function load(signal: AbortSignal | undefined): Promise<Data> {
    awaiting++
    try {
      // Again when it was invalidated between the answer and this line.
      while (stale[0]) {
        const failure = await orAborted(fetch(), signal)
        if (failure) throw failure
      }
      // cast: where nothing is stale there is data.
      return state.data as Data
    } finally {
      awaiting--
      release()
    }
  }

  function invalidate(functions?: readonly (string | undefined)[]): void {
    // An answer that set out before this may be older than what it would replace: it is dropped and asked for again.
    abort?.abort()
    expire(functions)
    void fetch()
  }

  expire()
  if (entry) land({ body: entry.data, etag: entry.etag }, entry.fetchedAt)

  return {
    name: context.name,
    address,
    isWanted,
    read: () => state,
    readMember<Key extends keyof Data & string>(member: Key) {
      const next: ContextState<Data[Key]> = Object.freeze({
        ...state,
        data: state.data?.[member],
        isStale: state.isStale && stale.includes(member),
      })
      const last = (views ??= new Map()).get(member)
      // cast: what stands under a member was made for it, below.
      if (last && isSameState(last, next)) return last as typeof next
      views.set(member, next)
      return next
    },
    subscribe(listener) {
      const watcher = (): void => listener()
      if (listeners.length === 0 && stale.length > 0) void fetch()
      listeners = [...listeners, watcher]
      onChange()
      return () => {
        listeners = listeners.filter((other) => other !== watcher)
        // Later, because frameworks leave and come back within one task: effects that run twice, views that move.
        queueMicrotask(() => {
          // What nobody watches may change unseen: whoever comes back sees it at once, and newer data after.
          if (listeners.length === 0) expire()
          release()
        })
      }
    },
    load,
    refetch(signal) {
      expire()
      return load(signal)
    },
    invalidate,
    accept(answer) {
      // What is on its way set out before this.
      abort?.abort()
      expire()
      land(answer, clock())
    },
    show(next) {
      view = next
      set({})
    },
    reset() {
      bundle = emptyBundle
      set(idleState)
      invalidate()
    },
    dehydrate() {
      const { fetchedAt } = state
      if (fetchedAt === undefined || stale[0]) return undefined
      const { json, etag } = bundle
      return { key: address.key, context: context.name, data: json, etag, fetchedAt }
    },
  }
}
