/** Which kernel the components of an app use. */

import { inject, type InjectionKey, type Plugin } from 'vue'

import type { Kernel } from '@mizan/base'

/** How an app uses its kernel. */
export interface MizanOptions {
  /** Whether a render on a server waits for what its composables show. @default false: it shows what was loaded before */
  readonly serverPrefetch?: boolean
}

const kernelKey: InjectionKey<Kernel> = Symbol('mizan kernel')
const optionsKey: InjectionKey<MizanOptions> = Symbol('mizan options')

/** The plugin that gives `kernel` to an app: `app.use(createMizan(kernel))`. */
export function createMizan(kernel: Kernel, options: MizanOptions = {}): Plugin<[]> {
  return {
    install(app) {
      app.provide(kernelKey, kernel)
      app.provide(optionsKey, options)
    },
  }
}

/** What the app said. */
export function useMizanOptions(): MizanOptions {
  return inject(optionsKey, {})
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
