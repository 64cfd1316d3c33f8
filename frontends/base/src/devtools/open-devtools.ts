/** Puts the panel on the page. */

import type { Kernel } from '../kernel.ts'
import { devtoolsOf } from './devtools.ts'
import { createPanel } from './panel/panel.ts'

/**
 * Shows the developer tools of `kernel` in a corner of the page, in an element of their own that styles of the page do not
 * reach; the returned function takes them away. Without a document it does nothing.
 *
 * @throws TypeError when the kernel has no layer `devtools()`.
 */
export function openDevtools(kernel: Kernel): () => void {
  const tools = devtoolsOf(kernel)
  if (typeof document === 'undefined') return () => undefined
  const panel = createPanel(tools)
  const host = document.createElement('mizan-devtools')
  host.attachShadow({ mode: 'open' }).append(panel.root)
  document.body.append(host)
  return () => {
    panel.close()
    host.remove()
  }
}
