/** The composable of a list that grows. */

import { computed, type ComputedRef, type MaybeRefOrGetter, toValue } from 'vue'

import {
  type ContextDescriptor,
  createInfinite,
  type Infinite,
  type InfiniteOptions,
  type InfiniteState,
  type MizanError,
} from '@mizan/base'

import type { ContextProvider } from './context-provider.ts'
import { useMizan } from './kernel-provider.ts'
import { useFollowed } from './use-followed.ts'
import { useParams } from './use-params.ts'

/** How {@link useInfiniteContext} goes on. */
export interface InfiniteReadOptions<Params, Data> extends Pick<
  InfiniteOptions<Params, Data>,
  'next' | 'previous'
> {
  /** Otherwise nothing is mounted or asked for, and required params may be missing. @default true */
  readonly enabled?: MaybeRefOrGetter<boolean>
}

/** What {@link useInfiniteContext} returns. */
export type InfiniteResult<Data, Failure extends MizanError = MizanError> = {
  readonly [Field in keyof InfiniteState<Data>]: ComputedRef<InfiniteState<Data, Failure>[Field]>
} & Pick<Infinite<Data>, 'loadMore' | 'loadPrevious' | 'refetch'>

/**
 * Mounts a context with `params`, and as many pages after it, and before it, as were asked for. Other params begin a new list.
 *
 * @throws TypeError when a required param is neither given nor provided.
 */
export function useInfiniteContext<Params, Data, Failure extends MizanError>(
  provider: ContextProvider<Params>,
  context: ContextDescriptor<Params, Data, Failure>,
  params: MaybeRefOrGetter<Partial<Params> | undefined>,
  { next, previous, enabled = true }: InfiniteReadOptions<Params, Data>,
): InfiniteResult<Data, Failure> {
  const kernel = useMizan()
  const complete = useParams(provider, context, params)
  const { current, state } = useFollowed(() =>
    createInfinite(kernel, context, {
      first: toValue(enabled) ? complete() : undefined,
      next,
      previous,
    }),
  )

  return {
    pages: computed(() => state.value.pages),
    status: computed(() => state.value.status),
    error: computed(() => state.value.error),
    isStale: computed(() => state.value.isStale),
    hasMore: computed(() => state.value.hasMore),
    isLoadingMore: computed(() => state.value.isLoadingMore),
    hasPrevious: computed(() => state.value.hasPrevious),
    isLoadingPrevious: computed(() => state.value.isLoadingPrevious),
    loadPrevious: () => current.value.loadPrevious(),
    loadMore: () => current.value.loadMore(),
    refetch: () => current.value.refetch(),
  }
}
