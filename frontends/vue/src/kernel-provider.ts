/** Which kernel the components of an app use. */

import { inject, type InjectionKey, type Plugin } from 'vue'

import type { Kernel } from '@mizan/base'

const kernelKey: InjectionKey<Kernel> = Symbol('mizan kernel')

/** The plugin that gives `kernel` to an app: `app.use(createMizan(kernel))`. */
export function createMizan(kernel: Kernel): Plugin<[]> {
  return {
    install(app) {
      app.provide(kernelKey, kernel)
    },
  }
}

/**
 * The kernel of the app.
 *
 * @throws TypeError without one.
 */
export function useMizan(): Kernel {
  const kernel = inject(kernelKey, undefined)
  if (kernel === undefined) {
    throw new TypeError('There is no kernel here: call app.use(createMizan(createKernel()))')
  }
  return kernel
}
