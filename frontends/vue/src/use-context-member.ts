/** The composable of one member of a context. */

import type { MaybeRefOrGetter } from 'vue'

import {
  type ContextDescriptor,
  type MizanError,
  observeMember,
  type ReadOptions,
} from '@mizan/base'

import type { ContextProvider } from './context-provider.ts'
import type { ContextResult } from './context-result.ts'
import { useMizan } from './kernel-provider.ts'
import { useObservation } from './use-observation.ts'
import { useParams } from './use-params.ts'

/**
 * Mounts a context and shows one member: what the others answer renders nothing. Composables of one instance share its
 * request.
 *
 * @throws TypeError when a required param is neither given nor provided.
 */
export function useContextMember<
  Params,
  Data,
  Failure extends MizanError,
  Key extends keyof Data & string,
  Value = Data[Key],
>(
  provider: ContextProvider<Params>,
  context: ContextDescriptor<Params, Data, Failure>,
  member: Key,
  params?: MaybeRefOrGetter<Partial<Params> | undefined>,
  options?: MaybeRefOrGetter<ReadOptions<Data[Key], Value> | undefined>,
): ContextResult<Value, Failure> {
  const kernel = useMizan()
  const complete = useParams(provider, context, params)
  return useObservation(() => observeMember(kernel, context, complete(), member), options)
}
