/** What generated React hooks need to know of React. */

import type { Binding } from './binding.ts'

export const react: Binding = {
  module: '@mizan/react',
  imports: [],
  paramsType: (params) => params,
  providerOf: (names) => names.provider,
}
