/** The hook of a function that is called. */

import { useMemo, useSyncExternalStore } from 'react'

import {
  type CallDescriptor,
  createMutation,
  type MizanError,
  type Mutation,
  type MutationState,
} from '@mizan/base'

import { useMizan } from './kernel-provider.ts'

/** What {@link useMutation} returns. The functions keep their identity. */
export interface MutationResult<Args, Result, Failure extends MizanError = MizanError>
  extends
    MutationState<Failure>,
    Pick<Mutation<Args, Result>, 'mutate' | 'mutateAsync' | 'reset'> {}

/** Calls `fn`. What its answer makes stale is fetched again wherever it is mounted. */
export function useMutation<Args, Result, Failure extends MizanError = MizanError>(
  fn: CallDescriptor<Args, Result, Failure>,
): MutationResult<Args, Result, Failure> {
  const kernel = useMizan()
  const mutation = useMemo(() => createMutation(kernel, fn), [kernel, fn])
  const state = useSyncExternalStore(mutation.subscribe, mutation.read, mutation.read)
  return useMemo(() => {
    const { mutate, mutateAsync, reset } = mutation
    return { ...state, mutate, mutateAsync, reset }
  }, [mutation, state])
}
