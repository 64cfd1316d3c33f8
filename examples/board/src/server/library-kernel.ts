/** The kernel of one render: it reads as the visitor, from the board's own server. */

import { createKernel, type Kernel, tags } from '@mizan/base'
import type { LibraryRequest } from './library-pages.ts'

export function createLibraryKernel({ origin, cookie }: LibraryRequest): Kernel {
  const asVisitor: typeof fetch = (url, init = {}) =>
    fetch(url, {
      ...init,
      headers: { ...Object.fromEntries(new Headers(init.headers)), cookie },
    })
  // What the page shows is known by its tags from the first moment.
  return createKernel({ origin, fetch: asVisitor }, tags())
}
