/** The composable of a function that is called. */

import { computed, type ComputedRef, onScopeDispose, shallowRef } from 'vue'

import { type CallDescriptor, createMutation, type Mutation, type MutationState } from '@mizan/base'

import { useMizan } from './kernel-provider.ts'

/** What {@link useMutation} returns. */
export type MutationResult<Args, Result> = {
  readonly [Field in keyof MutationState]: ComputedRef<MutationState[Field]>
} & Pick<Mutation<Args, Result>, 'mutate' | 'mutateAsync' | 'reset'>

/** Calls `fn`. What its answer makes stale is fetched again wherever it is mounted. */
export function useMutation<Args, Result>(
  fn: CallDescriptor<Args, Result>,
): MutationResult<Args, Result> {
  const { read, subscribe, mutate, mutateAsync, reset } = createMutation(useMizan(), fn)
  const state = shallowRef(read())
  onScopeDispose(subscribe(() => (state.value = read())))
  return {
    isPending: computed(() => state.value.isPending),
    error: computed(() => state.value.error),
    mutate,
    mutateAsync,
    reset,
  }
}
