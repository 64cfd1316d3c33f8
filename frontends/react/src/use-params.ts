/** The params of one hook. */

import { useContext } from 'react'

import { type ContextDescriptor, inheritParams, requireParams } from '@mizan/base'

import type { ContextProvider } from './context-provider.ts'

/**
 * `params`, and the nearest provider's for those not given. Calling it throws a TypeError naming the provider when a
 * required one is missing.
 */
export function useParams<Params, Data>(
  provider: ContextProvider<Params>,
  context: ContextDescriptor<Params, Data>,
  params: Partial<Params> | undefined,
): () => Params {
  const merged = inheritParams(context, useContext(provider.params), params)
  return () => requireParams(context, merged, (key) => `<${provider.displayName} ${key}={…}>`)
}
