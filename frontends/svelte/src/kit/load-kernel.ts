/** The `load` of SvelteKit's root layout: which kernel the pages below load with, and show. */

import { createKernel, type Kernel, type KernelOptions, readState } from '@mizan/base'

/** What a `load` is given, as far as it matters here. */
export interface KernelLoadEvent {
  /** SvelteKit's, which sends the visitor's cookies along while a page is rendered. */
  readonly fetch: typeof fetch
}

/** What the `load` returns; layouts and pages have it as `data.kernel`. */
export interface LoadedKernel {
  readonly kernel: Kernel
}

/** Makes a kernel with what SvelteKit says about it; pass on what is given. */
export type MakeKernel = (options: Pick<KernelOptions, 'fetch' | 'state'>) => Kernel

/** How kernels are made. */
export interface LoadKernelOptions {
  /** Of the page, with the layers that it wants. @default createKernel */
  readonly browser?: MakeKernel
  /** Of one render; most layers are of no use there, `tags()` is. @default createKernel */
  readonly server?: MakeKernel
}

/**
 * Makes the `load` of `+layout.ts`. On the server every render gets a kernel of its own, in the browser there is one for as long
 * as the page is open; it begins with what the server loaded.
 *
 *     export const load = loadKernel({ browser: (given) => createKernel(given, live(), retry()) })
 */
export function loadKernel({
  browser = createKernel,
  server = createKernel,
}: LoadKernelOptions = {}): (event: KernelLoadEvent) => LoadedKernel {
  let page: Kernel | undefined
  return ({ fetch }) => {
    if (typeof document === 'undefined') return { kernel: server({ fetch: unrecorded(fetch) }) }
    if (page === undefined) {
      const state = readState()
      page = browser(state ? { state } : {})
    }
    return { kernel: page }
  }
}

/**
 * What is read of an answer SvelteKit writes into the page as well, to be read there by a second `load`, and refuses headers that
 * it does not write. The state of the kernel says all of that already: a copy is read, of which SvelteKit knows nothing.
 */
function unrecorded(send: typeof fetch): typeof fetch {
  return async (input, init) => (await send(input, init)).clone()
}
