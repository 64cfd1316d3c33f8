/** The function of a page's calls of one server function. */

import { createSubscriber } from 'svelte/reactivity'

import {
  type CallDescriptor,
  createMutation,
  type MizanError,
  type Mutation,
  type MutationState,
} from '@mizan/base'

import { useMizan } from './kernel-provider.ts'

/** What {@link useMutation} returns: getters that follow the calls. Do not destructure it. */
export interface MutationResult<Args, Result, Failure extends MizanError = MizanError>
  extends
    MutationState<Failure>,
    Pick<Mutation<Args, Result>, 'mutate' | 'mutateAsync' | 'reset'> {}

/** Calls `fn`. What its answer makes stale is fetched again wherever it is mounted. */
export function useMutation<Args, Result, Failure extends MizanError = MizanError>(
  fn: CallDescriptor<Args, Result, Failure>,
): MutationResult<Args, Result, Failure> {
  const { read, subscribe, mutate, mutateAsync, reset } = createMutation(useMizan(), fn)
  const follow = createSubscriber(subscribe)
  return {
    get isPending() {
      follow()
      return read().isPending
    },
    get error() {
      follow()
      return read().error
    },
    get progress() {
      follow()
      return read().progress
    },
    mutate,
    mutateAsync,
    reset,
  }
}
