/** What generated React hooks need to know of React. */

import type { Binding } from './binding.ts'

export const react: Binding = {
  module: '@mizan/react',
  imports: [],
  paramsType: (params) => params,
  neededType: (params) => params,
  noParams: '{}',
  providerOf: (names) => names.provider,
}
