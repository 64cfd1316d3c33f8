/** One instance of a context: its data, who watches it, and the one request that may be on its way. */

import type { MizanError } from '@mizan/protocol'

import type { InstanceAddress } from './address.ts'
import { Bundle } from './bundle.ts'
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
  /** Called when nobody watches or awaits the instance any more. */
  readonly onIdle: () => void
  /** Data from a server render. */
  readonly entry?: KernelEntry
}

type Landing = Pick<KernelAnswer, 'body' | 'etag' | 'error'>

/** Statuses after which the data from before is not shown on: signed out, forbidden, not there, gone. */
const withdrawn: readonly number[] = [401, 403, 404, 410]

/** The state machine behind one key of the kernel. */
export class Instance<Params, Data> {
  readonly context: ContextDescriptor<Params, Data>
  readonly address: InstanceAddress
  /** When it was last left or made, in milliseconds of the kernel's clock. */
  idleSince: number
  readonly #options: InstanceOptions
  readonly #listeners = new Set<() => void>()
  readonly #views = new Map<keyof Data, ContextState<unknown>>()
  /** Members that the next answer may change; empty when all are up to date. */
  readonly #stale = new Set<string>()
  #bundle: Bundle<Params, Data>
  #state: ContextState<Data> = idleState
  #awaiting = 0
  #flight: Promise<MizanError | undefined> | undefined
  #abort = new AbortController()

  constructor(
    context: ContextDescriptor<Params, Data>,
    address: InstanceAddress,
    options: InstanceOptions,
  ) {
    this.context = context
    this.address = address
    this.#options = options
    this.idleSince = options.clock()
    this.#bundle = new Bundle(context)
    this.#markStale()
    const { entry } = options
    if (entry) this.#land({ body: entry.data, etag: entry.etag, error: undefined }, entry.fetchedAt)
  }

  get state(): ContextState<Data> {
    return this.#state
  }

  /** Somebody watches or awaits it. */
  get isWanted(): boolean {
    return this.#listeners.size + this.#awaiting > 0
  }

  /** The state as one member sees it; keeps its identity until something of it changes. */
  view<Key extends keyof Data & string>(member: Key): ContextState<Data[Key]> {
    const { data, isStale } = this.#state
    const next = {
      ...this.#state,
      data: data?.[member],
      isStale: isStale && this.#stale.has(member),
    }
    const last = this.#views.get(member)
    // cast: what stands under a member was made for it, below.
    if (last && isSameState(last, next)) return last as ContextState<Data[Key]>
    this.#views.set(member, Object.freeze(next))
    return next
  }

  /** Watches; the first watcher of missing or stale data starts the request. */
  subscribe(listener: () => void): () => void {
    const entry = (): void => listener()
    if (this.#listeners.size === 0 && this.#stale.size > 0) void this.#fetch()
    this.#listeners.add(entry)
    return () => {
      // Later, because frameworks leave and come back within one task: effects that run twice, views that move.
      if (this.#listeners.delete(entry)) queueMicrotask(() => this.#leave())
    }
  }

  /**
   * The data, from a request that no invalidation overtook.
   *
   * @throws MizanError of the answer; the reason of `signal` when that aborts.
   */
  async load(signal?: AbortSignal): Promise<Data> {
    this.#awaiting++
    try {
      const failure = this.#stale.size > 0 && (await orAborted(this.#fetch(), signal))
      if (failure) throw failure
      // cast: nothing was stale, or the answer was good: either way there is data.
      return this.#state.data as Data
    } finally {
      this.#awaiting--
      if (!this.isWanted) this.#release()
    }
  }

  /** {@link load}, but not from what is at hand. */
  refetch(signal?: AbortSignal): Promise<Data> {
    this.#markStale()
    this.#set({})
    return this.load(signal)
  }

  /** Makes members out of date by their wire names, all of them when none is named, and asks for them again. */
  invalidate(functions: readonly string[]): void {
    this.#markStale(functions)
    // An answer that set out before this may be older than what it would replace: it is dropped and asked for again.
    if (this.#flight) this.#abort.abort()
    this.#set({})
    void this.#fetch()
  }

  /** Forgets the data as well. */
  reset(): void {
    this.#bundle = new Bundle(this.context)
    this.#set(idleState)
    this.invalidate([])
  }

  /** What a successor needs; `undefined` unless it is ready and up to date. */
  dehydrate(): KernelEntry | undefined {
    const { status, fetchedAt } = this.#state
    if (status !== 'ready' || this.#stale.size > 0 || fetchedAt === undefined) return undefined
    return {
      context: this.context.name,
      artifact: this.context.artifact,
      params: this.address.texts,
      data: this.#bundle.json,
      etag: this.#bundle.etag,
      fetchedAt,
    }
  }

  #fetch(): Promise<MizanError | undefined> {
    if (!this.#flight) {
      this.#flight = this.#fly()
      if (this.#state.data === undefined) this.#set({ status: 'loading', error: undefined })
    }
    return this.#flight
  }

  /** Asks until an answer comes that no invalidation overtook, or nobody wants it. Never rejects. */
  async #fly(): Promise<MizanError | undefined> {
    for (;;) {
      this.#abort = new AbortController()
      const { signal } = this.#abort
      const answer = await this.#ask(signal)
      const isDropped = signal.aborted && !this.isWanted
      if (!signal.aborted || isDropped) this.#flight = undefined
      if (!signal.aborted) return this.#land(answer, this.#options.clock())
      if (isDropped) return undefined
    }
  }

  async #ask(signal: AbortSignal): Promise<Landing> {
    try {
      const options = { etag: this.#bundle.etag, signal }
      return await this.#options.send(toReadRequest(this.context, this.address.query, options))
    } catch (cause) {
      return { body: undefined, etag: undefined, error: toMizanError(cause) }
    }
  }

  #land({ body, etag, error }: Landing, fetchedAt: number): MizanError | undefined {
    try {
      if (error) throw error
      this.#bundle.accept(body, etag, this.#stale)
      this.#stale.clear()
      this.#set({ status: 'ready', error: undefined, fetchedAt })
      return undefined
    } catch (cause) {
      const failure = toMizanError(cause)
      if (withdrawn.includes(failure.status)) this.#bundle = new Bundle(this.context)
      this.#set({ status: 'error', error: failure })
      return failure
    }
  }

  /** A function that this client does not know counts as all of them. */
  #markStale(functions: readonly string[] = []): void {
    const members = membersOf(this.context)
    const named = members.filter(([, { wire }]) => functions.includes(wire))
    for (const [key] of named.length > 0 ? named : members) this.#stale.add(key)
  }

  #leave(): void {
    if (this.isWanted) return
    // What nobody watches may change unseen: whoever comes back sees it at once, and newer data after.
    this.#markStale()
    this.#release()
  }

  #release(): void {
    this.#abort.abort()
    this.#set(this.#bundle.data === undefined && this.#state.status === 'loading' ? idleState : {})
    this.idleSince = this.#options.clock()
    this.#options.onIdle()
  }

  #set(patch: Partial<ContextState<Data>>): void {
    const { data } = this.#bundle
    const isStale = data !== undefined && this.#stale.size > 0
    const next = Object.freeze({ ...this.#state, ...patch, data, isStale })
    if (!isSameState(this.#state, next)) this.#state = next
    // Also when it is the same: what is stale may have changed for one member.
    for (const listener of [...this.#listeners]) listener()
  }
}
