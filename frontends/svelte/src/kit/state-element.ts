/** How what the server loaded gets into the page. */

import { type Kernel, stateToJson } from '@mizan/base'

const id = 'mizan-state'

/**
 * The element from which the kernel of the page begins, for `<svelte:head>{@html stateElement(data.kernel)}</svelte:head>` in the
 * root layout. Nothing in it can close it, and no policy for scripts forbids it: it is data.
 */
export function stateElement(kernel: Kernel): string {
  // In the browser what came stays: it is taken over as it is.
  if (typeof document !== 'undefined') return document.getElementById(id)?.outerHTML ?? ''
  return `<script type="application/json" id="${id}">${stateToJson(kernel.dehydrate())}</script>`
}
