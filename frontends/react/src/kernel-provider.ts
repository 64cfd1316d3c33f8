/** Which kernel the components below use. */

import { createContext, createElement, type ReactElement, type ReactNode, useContext } from 'react'

import type { Kernel } from '@mizan/base'

/** Props of {@link MizanProvider}. */
export interface MizanProviderProps {
  readonly kernel: Kernel
  readonly children?: ReactNode
}

const KernelContext = createContext<Kernel | undefined>(undefined)

/** Gives `kernel` to the components below. */
export function MizanProvider({ kernel, children }: MizanProviderProps): ReactElement {
  return createElement(KernelContext.Provider, { value: kernel }, children)
}

/**
 * The kernel of the nearest {@link MizanProvider}.
 *
 * @throws TypeError without one.
 */
export function useMizan(): Kernel {
  const kernel = useContext(KernelContext)
  if (kernel === undefined) {
    throw new TypeError(
      'There is no kernel here: put <MizanProvider kernel={createKernel()}> around the page',
    )
  }
  return kernel
}
