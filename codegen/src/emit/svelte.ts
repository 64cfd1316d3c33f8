/** What generated Svelte functions need to know of Svelte. */

import type { Binding } from './binding.ts'

export const svelte: Binding = {
  module: '@mizan/svelte',
  imports: [],
  paramsType: (params) => `() => ${params}`,
  neededType: (params) => `() => ${params}`,
  noParams: '() => ({})',
  // Svelte has no components made by functions: the provider is called while a component is made.
  providerOf: (names) => names.provide,
}
