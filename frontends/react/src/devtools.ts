/** Developer tools in React; an entry of its own, of which a production bundle has nothing. */

import { useEffect } from 'react'

import { openDevtools } from '@mizan/base/devtools'

import { useMizan } from './kernel-provider.ts'

export { devtools } from '@mizan/base/devtools'

/** `<MizanDevtools />` below the provider, anywhere: the panel stands in a corner of the page. The kernel needs the layer `devtools()`. */
export function MizanDevtools(): null {
  const kernel = useMizan()
  useEffect(() => openDevtools(kernel), [kernel])
  return null
}
