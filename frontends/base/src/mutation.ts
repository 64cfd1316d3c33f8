/** A function that a page calls and shows the progress of. */

import type { MizanError } from '@mizan/protocol'

import type { Arguments, CallDescriptor } from './descriptors.ts'
import type { Kernel } from './kernel.ts'
import type { UploadProgress } from './upload-progress.ts'
import { toMizanError } from './to-mizan-error.ts'

/** A frozen snapshot of a mutation. */
export interface MutationState<Failure extends MizanError = MizanError> {
  /** At least one call is on its way. */
  readonly isPending: boolean
  /** Of the call that was made last; undefined while that one is on its way. */
  readonly error: Failure | undefined
  /** Of the call that was made last, while it sends files and the kernel has `fetchWithProgress`. */
  readonly progress: UploadProgress | undefined
}

/** One hook's calls of one function. Nobody needs to dispose of it. */
export interface Mutation<Args, Result, Failure extends MizanError = MizanError> {
  /** Keeps its identity until it changes. */
  read(): MutationState<Failure>
  subscribe(listener: () => void): () => void
  /** Calls and forgets: a failure is in `error`, never thrown. */
  mutate(...args: Arguments<Args>): void
  /** Calls, and rejects as {@link Kernel.call} does. */
  mutateAsync(...args: Arguments<Args>): Promise<Result>
  /** Forgets the error, also of calls that are on their way. */
  reset(): void
}

/** Makes the calls of `fn` observable. */
export function createMutation<Args, Result, Failure extends MizanError = MizanError>(
  kernel: Kernel,
  fn: CallDescriptor<Args, Result, Failure>,
): Mutation<Args, Result, Failure> {
  const listeners = new Set<() => void>()
  let state: MutationState<Failure> = Object.freeze({
    isPending: false,
    error: undefined,
    progress: undefined,
  })
  let pending = 0
  let latest = 0

  function set(error: Failure | undefined, progress?: UploadProgress): void {
    const isPending = pending > 0
    const isSame = state.isPending === isPending && state.error === error
    if (isSame && state.progress === progress) return
    state = Object.freeze({ isPending, error, progress })
    for (const listener of [...listeners]) listener()
  }

  async function mutateAsync(...[args]: Arguments<Args>): Promise<Result> {
    const turn = ++latest
    pending++
    set(undefined)
    let error: Failure | undefined
    try {
      // cast: the argument list is empty only when nothing is required.
      return await kernel.call(fn, args as Args, {
        onProgress: (progress) => turn === latest && set(undefined, progress),
      })
    } catch (cause) {
      // cast: what the function declares, or an error of ours.
      error = toMizanError(cause) as Failure
      throw cause
    } finally {
      pending--
      if (turn === latest) set(error)
      else set(state.error, state.progress)
    }
  }

  return {
    read: () => state,
    subscribe(listener) {
      const entry = (): void => listener()
      listeners.add(entry)
      return () => void listeners.delete(entry)
    },
    mutate: (...args) => void mutateAsync(...args).catch(() => undefined),
    mutateAsync,
    reset() {
      latest++
      set(undefined)
    },
  }
}
