/** The params of one composable. */

import { computed, inject, type MaybeRefOrGetter, toValue } from 'vue'

import { type ContextDescriptor, inheritParams, requireParams } from '@mizan/base'

import type { ContextProvider } from './context-provider.ts'

/**
 * `params`, and the nearest provider's for those not given. Calling it throws a TypeError naming the provider when a
 * required one is missing.
 */
export function useParams<Params, Data>(
  provider: ContextProvider<Params>,
  context: ContextDescriptor<Params, Data>,
  params: MaybeRefOrGetter<Partial<Params> | undefined>,
): () => Params {
  const outer = inject(provider.params, undefined)
  const merged = computed(() => inheritParams(context, outer?.value, toValue(params)))
  return () =>
    requireParams(context, merged.value, (key) => `<${provider.name} :${toAttribute(key)}="…">`)
}

function toAttribute(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
