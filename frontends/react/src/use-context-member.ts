/** The hook of one member of a context. */

import {
  type ContextDescriptor,
  type MizanError,
  type Observation,
  observeMember,
  type ReadOptions,
} from '@mizan/base'

import type { ContextProvider } from './context-provider.ts'
import type { ContextResult } from './context-result.ts'
import { useMizan } from './kernel-provider.ts'
import { useObservation } from './use-observation.ts'
import { useParams } from './use-params.ts'

/**
 * Mounts a context and shows one member: what the others answer renders nothing. Hooks of one instance share its request.
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
  params?: Partial<Params>,
  options?: ReadOptions<Data[Key], Value>,
): ContextResult<Value, Failure> {
  const kernel = useMizan()
  const complete = useParams(provider, context, params)
  const observe = (): Observation<Data[Key], Failure> =>
    observeMember(kernel, context, complete(), member)
  return useObservation(kernel, observe, options)
}
