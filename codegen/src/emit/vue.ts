/** What generated Vue composables need to know of Vue. */

import type { Binding } from './binding.ts'

export const vue: Binding = {
  module: '@mizan/vue',
  imports: [`import type { MaybeRefOrGetter } from 'vue'`],
  paramsType: (params) => `MaybeRefOrGetter<${params} | undefined>`,
  neededType: (params) => `MaybeRefOrGetter<${params}>`,
  noParams: '{}',
  providerOf: (names) => names.provider,
}
