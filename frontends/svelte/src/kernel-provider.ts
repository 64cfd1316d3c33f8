/** Which kernel the components below use. */

import { getContext, setContext } from 'svelte'

import type { Kernel } from '@mizan/base'

const kernelKey = Symbol('mizan kernel')

/** Gives `kernel` to this component and those below; call it while the component is made. */
export function provideMizan(kernel: Kernel): void {
  setContext(kernelKey, kernel)
}

/**
 * The kernel of the nearest component that provides one.
 *
 * @throws TypeError without one.
 */
export function useMizan(): Kernel {
  const kernel = getContext<Kernel | undefined>(kernelKey)
  if (kernel === undefined) {
    throw new TypeError(
      'There is no kernel here: call provideMizan(createKernel()) in the root component',
    )
  }
  return kernel
}
