/** Developer tools in production: nothing. */

import type { KernelLayer } from '../transport.ts'

/** A layer that hands on. */
export function noDevtools(): KernelLayer {
  return (request, next) => next(request)
}

/** Shows nothing. */
export function openNothing(): () => void {
  return () => undefined
}
