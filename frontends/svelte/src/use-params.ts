/** The params of one use of a context. */

import { getContext } from 'svelte'

import { type ContextDescriptor, inheritParams, requireParams } from '@mizan/base'

import type { ContextProvider, ProvidedParams } from './context-provider.ts'

/**
 * `params`, and the nearest provider's for those not given. Calling it throws a TypeError naming the provider when a
 * required one is missing.
 */
export function useParams<Params, Data>(
  provider: ContextProvider<Params>,
  context: ContextDescriptor<Params, Data>,
  params: (() => Partial<Params> | undefined) | undefined,
): () => Params {
  const outer = getContext<ProvidedParams<Params> | undefined>(provider.key)
  return () => {
    const merged = inheritParams(context, outer?.(), params?.())
    return requireParams(context, merged, (key) => `${provider.displayName}(() => ({ ${key} }))`)
  }
}
