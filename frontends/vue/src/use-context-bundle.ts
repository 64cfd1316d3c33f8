/** The composable of a whole context. */

import type { MaybeRefOrGetter } from 'vue'

import {
  type ContextDescriptor,
  type MizanError,
  observeContext,
  type ReadOptions,
} from '@mizan/base'

import type { ContextProvider } from './context-provider.ts'
import type { ContextResult } from './context-result.ts'
import { useMizan } from './kernel-provider.ts'
import { useObservation } from './use-observation.ts'
import { useParams } from './use-params.ts'

/**
 * Mounts a context and shows all its members. Params that are not given come from the nearest `provider`.
 *
 * @throws TypeError when a required param is neither given nor provided.
 */
export function useContextBundle<Params, Data, Failure extends MizanError, Value = Data>(
  provider: ContextProvider<Params>,
  context: ContextDescriptor<Params, Data, Failure>,
  params?: MaybeRefOrGetter<Partial<Params> | undefined>,
  options?: MaybeRefOrGetter<ReadOptions<Data, Value> | undefined>,
): ContextResult<Value, Failure> {
  const kernel = useMizan()
  const complete = useParams(provider, context, params)
  return useObservation(() => observeContext(kernel, context, complete()), options)
}
