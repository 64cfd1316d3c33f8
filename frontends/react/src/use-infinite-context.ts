/** The hook of a list that grows. */

import { useMemo, useSyncExternalStore } from 'react'

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
import { useLatest } from './use-latest.ts'
import { useParams } from './use-params.ts'

/** How {@link useInfiniteContext} goes on. */
export interface InfiniteReadOptions<Params, Data> extends Pick<
  InfiniteOptions<Params, Data>,
  'next' | 'previous'
> {
  /** Otherwise nothing is mounted or asked for, and required params may be missing. @default true */
  readonly enabled?: boolean
}

/** What {@link useInfiniteContext} returns. The functions keep their identity while the params are equal. */
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
  params: Partial<Params> | undefined,
  { next, previous, enabled = true }: InfiniteReadOptions<Params, Data>,
): InfiniteResult<Data, Failure> {
  const kernel = useMizan()
  const complete = useParams(provider, context, params)
  const latest = useLatest({ next, previous })
  const made = createInfinite(kernel, context, {
    first: enabled ? complete() : undefined,
    next: (last, pages) => latest().next(last, pages),
    previous: (edge, pages) => latest().previous?.(edge, pages),
  })
  // The first list of its key stays, with the pages that were asked for.
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- the key stands for the list
  const list = useMemo(() => made, [kernel, made.key])
  const state = useSyncExternalStore(list.subscribe, list.read, list.read)
  return useMemo(() => {
    const { loadMore, loadPrevious, refetch } = list
    return { ...state, loadMore, loadPrevious, refetch }
  }, [state, list])
}
