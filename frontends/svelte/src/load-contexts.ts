/** The `load` of a SvelteKit layout or page on the server: what it loads, the page has at once. */

import { createKernel, type Kernel, type KernelOptions, type KernelState } from '@mizan/base'

/** What a `load` is given, as far as it matters here. */
export interface LoadEvent {
  /** SvelteKit's, which sends the visitor's cookies along and answers without a network where it can. */
  readonly fetch: typeof fetch
}

/** What a `load` returns, and the component gets as `data`. */
export interface LoadedContexts {
  readonly mizan: KernelState
}

/**
 * Loads contexts while the page is rendered:
 *
 *     // +layout.server.ts
 *     export const load = (event) =>
 *       loadContexts(event, (kernel) => fetchUserContext({ userId: 5 }, { kernel }))
 *     // +layout.svelte
 *     provideMizan(createKernel({ state: data.mizan }))
 *
 * @throws MizanError what `load` throws: SvelteKit shows its error page
 */
export async function loadContexts(
  { fetch }: LoadEvent,
  load: (kernel: Kernel) => unknown,
  options: Omit<KernelOptions, 'fetch' | 'state'> = {},
): Promise<LoadedContexts> {
  const kernel = createKernel({ ...options, fetch })
  await load(kernel)
  return { mizan: kernel.dehydrate() }
}
