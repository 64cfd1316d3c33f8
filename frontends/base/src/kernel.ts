/** The client kernel: it holds what contexts answered, and keeps it true as calls change things. */

import { fromTargetBody, type StreamChanges, type TargetBody } from '@mizan/protocol'

import type { ChannelTransport } from './channel-transport.ts'
import { type ContextState, idleState } from './context-state.ts'
import type { CallDescriptor, ContextDescriptor, Given } from './descriptors.ts'
import { createInstanceStore, type InstanceStoreOptions } from './instance-store.ts'
import type { Instance } from './instance.ts'
import type { KernelState } from './kernel-state.ts'
import { type RequestOptions, toCallRequest, toResult } from './requests.ts'
import { createTransport, type KernelLayer, type TransportOptions } from './transport.ts'

/** Where a kernel's server is, and how long a kernel remembers. */
export interface KernelOptions extends TransportOptions, InstanceStoreOptions {}

/** Who made something out of date. */
export interface InvalidateOptions extends StreamChanges {
  /** A name for developer tools, such as `live`. */
  readonly from?: string
  /** Instances that are up to date although a target reaches them. */
  readonly fresh?: ReadonlySet<Instance<unknown>>
}

/** One page's, or one render's, data. Params may be a new object each time: equal ones mean the same instance. */
export interface Kernel {
  /** Set by the layer that carries channels, when it is attached. */
  channels?: ChannelTransport
  /**
   * What is known now; keeps its identity until it changes. Fetches nothing.
   *
   * @throws TypeError when a required param is missing.
   */
  read<Params, Data>(
    context: ContextDescriptor<Params, Data>,
    params: Given<Params>,
  ): ContextState<Data>
  /** {@link Kernel.read} for one member: it changes only when that member, or the status of the request, does. */
  readMember<Params, Data, Key extends keyof Data & string>(
    context: ContextDescriptor<Params, Data>,
    params: Given<Params>,
    member: Key,
  ): ContextState<Data[Key]>
  /**
   * Mounts an instance: fetches it unless its data is at hand and up to date, and again whenever a call makes it stale.
   * The last one to leave aborts what is on its way.
   */
  subscribe<Params, Data>(
    context: ContextDescriptor<Params, Data>,
    params: Given<Params>,
    listener: () => void,
  ): () => void
  /**
   * The data at hand when it is up to date, otherwise fetched. Equal params share one request.
   *
   * @throws MizanError with the server's code, or `UNAVAILABLE` when nobody answered.
   */
  load<Params, Data>(
    context: ContextDescriptor<Params, Data>,
    params: Given<Params>,
    options?: RequestOptions,
  ): Promise<Data>
  /** {@link Kernel.load}, but always asks the server; an unchanged bundle is not sent again. */
  refetch<Params, Data>(
    context: ContextDescriptor<Params, Data>,
    params: Given<Params>,
    options?: RequestOptions,
  ): Promise<Data>
  /**
   * Calls a function, and has mounted instances that its answer names ask again: also when the answer is an error, which may
   * come after a commit. The promise does not wait for them.
   *
   * @throws MizanError with the server's code, or `UNAVAILABLE` when nobody answered.
   */
  call<Args, Result>(
    fn: CallDescriptor<Args, Result>,
    args: Given<Args>,
    options?: RequestOptions,
  ): Promise<Result>
  /** Mounted instances that a target reaches ask again, others are dropped. What is not a target is ignored. */
  invalidate(targets: readonly TargetBody[], options?: InvalidateOptions): void
  /** Forgets all data; mounted instances ask again. Happens by itself when a call signs somebody in or out. */
  clear(): void
  /** All that is ready and up to date, as JSON, for `createKernel({ state })` in the page. */
  dehydrate(): KernelState
  /**
   * Takes what another kernel dehydrated into this one, also while the page is shown: what is newer wins, and what was made out
   * of date here since is not brought back. Who shows it asks for nothing.
   */
  hydrate(state: KernelState): void
}

/** Makes a kernel. The first layer is the outermost around each request. */
export function createKernel(
  options: KernelOptions = {},
  ...layers: readonly KernelLayer[]
): Kernel {
  const send = createTransport(options, layers)
  const store = createInstanceStore(send, options)

  function invalidate(targets: readonly unknown[] = [], { fresh }: InvalidateOptions = {}): void {
    store.invalidate(
      targets.flatMap((target) => fromTargetBody(target) ?? []),
      fresh,
    )
  }

  const kernel: Kernel = {
    read: (context, params) => store.find(context, params)?.read() ?? idleState,
    readMember: (context, params, member) =>
      store.find(context, params)?.readMember(member) ?? idleState,
    subscribe: (context, params, listener) => store.open(context, params).subscribe(listener),
    load: async (context, params, options) => store.open(context, params).load(options),
    refetch: async (context, params, options) => store.open(context, params).refetch(options),
    async call(fn, args, options) {
      const answer = await send(toCallRequest(fn, args, options))
      if (answer.session) store.clear()
      else invalidate(answer.invalidate, answer)
      return toResult(fn, answer)
    },
    invalidate,
    clear: store.clear,
    dehydrate: store.dehydrate,
    hydrate: store.hydrate,
  }
  for (const { attach } of layers) attach?.(kernel, store)
  return kernel
}
