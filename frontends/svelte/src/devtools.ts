/** Developer tools in Svelte; an entry of its own, of which a production bundle has nothing. */

import { onMount } from 'svelte'

import { openDevtools } from '@mizan/base/devtools'

import { useMizan } from './kernel-provider.ts'

export { devtools } from '@mizan/base/devtools'

/**
 * Shows the panel in a corner of the page while the component is on it. Call it while a component is made, below the one that
 * provides the kernel, which needs the layer `devtools()`.
 */
export function useDevtools(): void {
  const kernel = useMizan()
  onMount(() => openDevtools(kernel))
}
