/** The composable of a function that is called. */

import { computed, type ComputedRef, onScopeDispose, shallowRef } from 'vue'

import {
  type CallDescriptor,
  createMutation,
  type MizanError,
  type Mutation,
  type MutationState,
} from '@mizan/base'

import { useMizan } from './kernel-provider.ts'

/** What {@link useMutation} returns. */
export type MutationResult<Args, Result, Failure extends MizanError = MizanError> = {
  readonly [Field in keyof MutationState]: ComputedRef<MutationState<Failure>[Field]>
} & Pick<Mutation<Args, Result>, 'mutate' | 'mutateAsync' | 'reset'>

/** Calls `fn`. What its answer makes stale is fetched again wherever it is mounted. */
export function useMutation<Args, Result, Failure extends MizanError = MizanError>(
  fn: CallDescriptor<Args, Result, Failure>,
): MutationResult<Args, Result, Failure> {
  const { read, subscribe, mutate, mutateAsync, reset } = createMutation(useMizan(), fn)
  const state = shallowRef(read())
  onScopeDispose(subscribe(() => (state.value = read())))
  return {
    isPending: computed(() => state.value.isPending),
    error: computed(() => state.value.error),
    progress: computed(() => state.value.progress),
    mutate,
    mutateAsync,
    reset,
  }
}
