/** What one hook of a binding looks at: an instance of a context, or one member of it. */

import type { MizanError } from '@mizan/protocol'

import { type ContextState, idleState } from './context-state.ts'
import type { ContextDescriptor } from './descriptors.ts'
import { toAddress } from './address.ts'
import type { Kernel } from './kernel.ts'

/** One hook's view of a kernel. */
export interface Observation<Value, Failure extends MizanError = MizanError> {
  /** Equal for equal contexts and params: a binding makes a new observation only when it differs. */
  readonly key: string
  /** Never `idle`: what a hook has not loaded, it is about to load. Keeps its identity until it changes. */
  read(): ContextState<Value, Failure>
  /** Mounts. */
  subscribe(listener: () => void): () => void
  /** Settles when the answer is shown; never rejects, because a failure is shown too. */
  refetch(): Promise<void>
  /** The same, but asks only for what is not at hand. */
  load(): Promise<void>
}

/** A listener that says what it looks at, for developer tools. */
export interface NamedListener {
  (): void
  /** Of the context; all of it without one. */
  readonly member?: string | undefined
}

/** Of what nobody asked for yet, to who is about to. */
export const loadingState: ContextState<never, never> = Object.freeze({
  ...idleState,
  status: 'loading',
})

/** Looks at a whole context. */
export function observeContext<Params, Data, Failure extends MizanError>(
  kernel: Kernel,
  context: ContextDescriptor<Params, Data, Failure>,
  params: Params,
): Observation<Data, Failure> {
  return observe(kernel, context, params, {
    key: toAddress(context, params).key,
    read: () => kernel.read(context, params),
  })
}

/** Looks at one member of a context. */
export function observeMember<
  Params,
  Data,
  Failure extends MizanError,
  Key extends keyof Data & string,
>(
  kernel: Kernel,
  context: ContextDescriptor<Params, Data, Failure>,
  params: Params,
  member: Key,
): Observation<Data[Key], Failure> {
  return observe(kernel, context, params, {
    key: `${toAddress(context, params).key}#${member}`,
    member,
    read: () => kernel.readMember(context, params, member),
  })
}

function observe<Params, Data, Failure extends MizanError, Value>(
  kernel: Kernel,
  context: ContextDescriptor<Params, Data, Failure>,
  params: Params,
  {
    key,
    member,
    read,
  }: { readonly key: string; readonly member?: string; read(): ContextState<Value> },
): Observation<Value, Failure> {
  const settled = (answer: Promise<unknown>): Promise<void> =>
    answer.then(
      () => undefined,
      () => undefined,
    )
  return {
    key,
    read() {
      // cast: what the members declare, or an error of ours.
      const state = read() as ContextState<Value, Failure>
      return state.status === 'idle' ? loadingState : state
    },
    subscribe: (listener) =>
      kernel.subscribe(
        context,
        params,
        Object.assign(() => listener(), { member }),
      ),
    refetch: () => settled(kernel.refetch(context, params)),
    load: () => settled(kernel.load(context, params)),
  }
}
