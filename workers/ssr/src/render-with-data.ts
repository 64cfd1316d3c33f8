/** Renders again and again until what hooks read is there: for libraries whose server rendering does not wait. */

import type { ContextDescriptor, Given, Kernel } from '@mizan/base'
import type { RenderResult } from './render-session.ts'

/** How long that goes on. */
export interface RenderWithDataOptions {
  readonly kernel: Kernel
  /** Renders at most. */
  readonly passes: number
  readonly signal: AbortSignal
}

type Load = (signal: AbortSignal) => Promise<unknown>

/** Calls `render` with a kernel that notes what is missing, fetches that, and renders again. A page that has all of it is sync. */
export function renderWithData(
  render: (kernel: Kernel) => RenderResult | Promise<RenderResult>,
  { kernel, passes, signal }: RenderWithDataOptions,
): RenderResult | Promise<RenderResult> {
  const missing: Load[] = []
  const first = render(recording(kernel, missing))
  if (missing.length === 0 && !(first instanceof Promise)) return first
  return again(first)

  async function again(begun: RenderResult | Promise<RenderResult>): Promise<RenderResult> {
    let result = await begun
    for (let pass = 1; pass < passes && missing.length > 0; pass += 1) {
      // A context that fails shows in its hook, in the browser as here.
      await Promise.allSettled(missing.splice(0).map((load) => load(signal)))
      signal.throwIfAborted()
      result = await render(recording(kernel, missing))
    }
    return result
  }
}

/** The same kernel; what is read and was never fetched is noted in `missing`. */
function recording(kernel: Kernel, missing: Load[]): Kernel {
  function note<Params, Data>(context: ContextDescriptor<Params, Data>, params: Given<Params>) {
    if (kernel.read(context, params).status === 'idle') {
      missing.push((signal) => kernel.load(context, params, { signal }))
    }
  }
  return {
    ...kernel,
    read(context, params) {
      note(context, params)
      return kernel.read(context, params)
    },
    readMember(context, params, member) {
      note(context, params)
      return kernel.readMember(context, params, member)
    },
  }
}
