/** Data before it is shown: for a link that is pointed at, or a page that will follow. */

import type { ContextDescriptor, Given } from '../descriptors.ts'
import type { Kernel } from '../kernel.ts'

/** Loads unless it is at hand and up to date. Settles when it is there or has failed: whoever shows it then asks again. */
export async function prefetch<Params, Data>(
  kernel: Kernel,
  context: ContextDescriptor<Params, Data>,
  params: Given<Params>,
): Promise<void> {
  await kernel.load(context, params).catch(() => undefined)
}
