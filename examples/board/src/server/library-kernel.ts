/** The kernel of one render: it reads as the visitor, from the board's own server. */

import { createKernel, type Kernel } from '@mizan/base'
import type { LibraryRequest } from './library-pages.ts'

export function createLibraryKernel({ origin, cookie }: LibraryRequest): Kernel {
  return createKernel({
    origin,
    fetch: (url, init = {}) =>
      fetch(url, {
        ...init,
        headers: { ...Object.fromEntries(new Headers(init.headers)), cookie },
      }),
  })
}
