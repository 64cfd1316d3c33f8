/** The function of a list that grows. */

import { createSubscriber } from 'svelte/reactivity'

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
import { useParams } from './use-params.ts'

/** How {@link useInfiniteContext} goes on. */
export interface InfiniteReadOptions<Params, Data> extends Pick<
  InfiniteOptions<Params, Data>,
  'next' | 'previous'
> {
  /** Otherwise nothing is mounted or asked for, and required params may be missing. @default always */
  readonly enabled?: () => boolean
}

/** What {@link useInfiniteContext} returns: getters that follow the list. Do not destructure it. */
export interface InfiniteResult<Data, Failure extends MizanError = MizanError>
  extends
    InfiniteState<Data, Failure>,
    Pick<Infinite<Data>, 'loadMore' | 'loadPrevious' | 'refetch'> {}

/**
 * Mounts a context with `params`, and as many pages after it, and before it, as were asked for. Other params begin a new list.
 *
 * @throws TypeError when a required param is neither given nor provided.
 */
export function useInfiniteContext<Params, Data, Failure extends MizanError>(
  provider: ContextProvider<Params>,
  context: ContextDescriptor<Params, Data, Failure>,
  params: (() => Partial<Params> | undefined) | undefined,
  { next, previous, enabled = () => true }: InfiniteReadOptions<Params, Data>,
): InfiniteResult<Data, Failure> {
  const kernel = useMizan()
  const complete = useParams(provider, context, params)
  const make = (): Infinite<Data, Failure> =>
    createInfinite(kernel, context, { first: enabled() ? complete() : undefined, next, previous })
  let list = make()
  let follow = createSubscriber(list.subscribe)

  function state(): InfiniteState<Data, Failure> {
    const made = make()
    // The last list stays while the key does, with the pages that were asked for.
    if (made.key !== list.key) {
      list = made
      follow = createSubscriber(made.subscribe)
    }
    follow()
    return list.read()
  }

  return {
    get pages() {
      return state().pages
    },
    get status() {
      return state().status
    },
    get error() {
      return state().error
    },
    get isStale() {
      return state().isStale
    },
    get hasMore() {
      return state().hasMore
    },
    get isLoadingMore() {
      return state().isLoadingMore
    },
    get hasPrevious() {
      return state().hasPrevious
    },
    get isLoadingPrevious() {
      return state().isLoadingPrevious
    },
    loadPrevious: () => list.loadPrevious(),
    loadMore: () => list.loadMore(),
    refetch: () => list.refetch(),
  }
}
