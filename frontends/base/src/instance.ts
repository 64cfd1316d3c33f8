/** One instance of a context: its data, who watches it, and the one request that may be on its way. */

import type { MizanError } from '@mizan/protocol'

import type { InstanceAddress } from './address.ts'
import { acceptAnswer, type Bundle, emptyBundle } from './bundle.ts'
import { type ContextState, idleState, isSameState } from './context-state.ts'
import type { ContextDescriptor } from './descriptors.ts'
import type { KernelEntry } from './kernel-state.ts'
import { orAborted } from './or-aborted.ts'
import { membersOf, type RequestOptions, toReadRequest } from './requests.ts'
import { toMizanError } from './to-mizan-error.ts'
import type { KernelAnswer, Transport } from './transport.ts'

/** What all instances are given by their kernel. */
export interface InstanceOptions {
  readonly send: Transport
  /** Milliseconds. */
  readonly clock: () => number
  /** Called when one is mounted, at each change, and when nobody watches or awaits it any more. */
  readonly onChange: (instance: Instance<unknown>) => void
}

type Bringing = Pick<KernelAnswer, 'body' | 'etag' | 'tags'>
type Landing = Bringing & Pick<KernelAnswer, 'error'>

/** Statuses after which the data from before is not shown on: signed out, forbidden, not there, gone. */
const withdrawn: readonly number[] = [401, 403, 404, 410]

/** Shared, because there may be a hundred thousand instances; for the same reason this is a class and nothing in it a closure. */
const none: readonly never[] = []

/** The state machine behind one key of the kernel. Nothing is fetched when it is made. */
export class Instance<Data> {
  readonly address: InstanceAddress
  // cast: params are used no more.
  readonly #context: ContextDescriptor<never, Data>
  readonly #options: InstanceOptions
  #listeners: readonly (() => void)[] = none
  #views: Map<keyof Data, ContextState<unknown>> | undefined
  /** Members that the next answer may change; empty when all are up to date. */
  #stale: readonly string[] = none
  #view: ((data: Data, isStale: boolean) => Data) | undefined
  #bundle: Bundle<Data> = emptyBundle
  #state: ContextState<Data> = idleState
  #awaiting = 0
  #flight: Promise<MizanError | undefined> | undefined
  #abort: AbortController | undefined

  constructor(
    context: ContextDescriptor<never, Data>,
    address: InstanceAddress,
    options: InstanceOptions,
  ) {
    this.#context = context
    this.address = address
    this.#options = options
    this.#expire()
  }

  /** Somebody watches or awaits it. */
  isWanted(): boolean {
    return this.#listeners.length + this.#awaiting > 0
  }

  /** Keeps its identity until something of it changes. */
  read(): ContextState<Data> {
    return this.#state
  }

  /** The same as one member sees it. */
  readMember<Key extends keyof Data & string>(member: Key): ContextState<Data[Key]> {
    const { data, isStale } = this.#state
    const next: ContextState<Data[Key]> = Object.freeze({
      ...this.#state,
      data: data?.[member],
      isStale: isStale && this.#stale.includes(member),
    })
    const views = (this.#views ??= new Map())
    const last = views.get(member)
    // cast: what stands under a member was made for it, below.
    if (last && isSameState(last, next)) return last as typeof next
    views.set(member, next)
    return next
  }

  /** Watches; the first watcher of missing or stale data starts the request. */
  subscribe(listener: () => void): () => void {
    const watcher = (): void => listener()
    if (!this.#listeners[0] && this.#stale[0]) void this.#fetch()
    this.#listeners = [...this.#listeners, watcher]
    this.#tell()
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== watcher)
      // Later, because frameworks leave and come back within one task: effects that run twice, views that move.
      queueMicrotask(() => {
        // What nobody watches may change unseen: whoever comes back sees it at once, and newer data after.
        if (!this.#listeners[0]) {
          this.#expire()
          this.#set()
        }
        this.#release()
      })
    }
  }

  /**
   * The data, from a request that no invalidation overtook.
   *
   * @throws MizanError of the answer; the reason of the signal when that aborts.
   */
  async load(options?: RequestOptions): Promise<Data> {
    this.#awaiting++
    try {
      // Again when it was invalidated between the answer and this line.
      while (this.#stale[0]) {
        const failure = await orAborted(this.#fetch(), options?.signal)
        if (failure) throw failure
      }
      // cast: where nothing is stale there is data.
      return this.#state.data as Data
    } finally {
      this.#awaiting--
      this.#release()
    }
  }

  /** {@link Instance.load}, but not from what is at hand. */
  refetch(options?: RequestOptions): Promise<Data> {
    this.#expire()
    return this.load(options)
  }

  /** Makes members out of date by their wire names, all of them when `undefined` or none is named, and asks for them again; `from` is for developer tools. */
  invalidate(functions?: readonly (string | undefined)[], from?: string): void
  invalidate(functions?: readonly (string | undefined)[]): void {
    // An answer that set out before this may be older than what it would replace: it is dropped and asked for again.
    this.#abort?.abort()
    this.#expire(functions)
    void this.#fetch()
  }

  /** Takes what another kernel held, unless this one has newer data or has asked for it. */
  hydrate({ data, etag, tags, fetchedAt, isStale }: KernelEntry): void {
    const { fetchedAt: since = 0 } = this.#state
    if (fetchedAt <= since || (since && this.#flight)) return
    this.accept({ body: data, etag, tags }, fetchedAt)
    if (isStale) this.#expire()
  }

  /** Takes a bundle that came with another answer, newer than all before it. */
  accept(answer: Bringing, at: number = this.#options.clock()): void {
    // What is on its way set out before this.
    this.#abort?.abort()
    this.#expire()
    this.#land(answer, at)
  }

  /**
   * Shows what `next` makes of the data instead of the data itself, now and at each change; it gives the same result for the same
   * data unless something changed.
   */
  show(next: (data: Data, isStale: boolean) => Data): void {
    this.#view = next
    this.#set()
  }

  /** Forgets the data as well. */
  reset(): void {
    this.#bundle = emptyBundle
    this.#set(idleState)
    this.invalidate()
  }

  /** What a successor needs; `undefined` unless all of it is up to date. */
  dehydrate(): KernelEntry | undefined {
    if (this.#stale[0]) return undefined
    const { json: data, etag, tags } = this.#bundle
    const { key, context } = this.address
    const { fetchedAt } = this.#state
    // cast: what is up to date was fetched.
    return { key, context, data, etag, tags, fetchedAt: fetchedAt as number }
  }

  #tell(listeners: readonly (() => void)[] = none): void {
    for (const listener of listeners) listener()
    // cast: who listens to all instances knows the data of none.
    this.#options.onChange(this as unknown as Instance<unknown>)
  }

  #set(patch?: Partial<ContextState<Data>>): void {
    const { data } = this.#bundle
    const isStale = !!(data && this.#stale[0])
    const next = Object.freeze({
      ...this.#state,
      ...patch,
      data: data && this.#view ? this.#view(data, isStale) : data,
      isStale,
    })
    if (!isSameState(this.#state, next)) this.#state = next
    // Also when it is the same: what is stale may have changed for one member.
    this.#tell(this.#listeners)
  }

  /** A function that this client does not know counts as all of them. */
  #expire(functions: readonly (string | undefined)[] = none): void {
    const members = membersOf(this.#context)
    const isAll =
      !functions[0] || functions.some((name) => members.every(([, { wire }]) => wire !== name))
    this.#stale = members
      .filter(([key, { wire }]) => isAll || functions.includes(wire) || this.#stale.includes(key))
      .map(([key]) => key)
  }

  #land(answer: Landing, at: number): MizanError | undefined {
    const context = this.#context
    let failure: MizanError | undefined
    try {
      if (answer.error) throw context.failed?.(answer.error) ?? answer.error
      // Where there is no data, all of it is to be shown, whatever was named.
      const shown = membersOf(context).filter(
        ([key]) => !this.#bundle.data || this.#stale.includes(key),
      )
      this.#bundle = acceptAnswer(this.#bundle, answer, shown)
      this.#stale = none
    } catch (cause) {
      failure = toMizanError(cause)
      if (withdrawn.includes(failure.status)) this.#bundle = emptyBundle
    }
    this.#set({
      status: failure ? 'error' : 'success',
      error: failure,
      ...(!failure && { fetchedAt: at }),
    })
    return failure
  }

  /** Asks until an answer comes that no invalidation overtook, or nobody wants it. Never rejects. */
  async #fly(): Promise<MizanError | undefined> {
    for (;;) {
      const { signal } = (this.#abort = new AbortController())
      // Not when the answer comes: what changes meanwhile is newer than it.
      const at = this.#options.clock()
      const answer: Landing = await this.#options
        .send(toReadRequest(this.#context, this.address.query, { etag: this.#bundle.etag, signal }))
        .catch((cause: unknown) => ({ error: toMizanError(cause) }))
      if (signal.aborted && this.#stale[0] && this.isWanted()) continue
      this.#flight = this.#abort = undefined
      if (signal.aborted) return undefined
      return this.#land(answer, at)
    }
  }

  #fetch(): Promise<MizanError | undefined> {
    this.#flight ??= this.#fly()
    this.#set(this.#state.data ? undefined : { status: 'loading', error: undefined })
    return this.#flight
  }

  #release(): void {
    if (this.isWanted()) return
    this.#abort?.abort()
    if (this.#state.status === 'loading') this.#state = idleState
    this.#tell()
  }
}
