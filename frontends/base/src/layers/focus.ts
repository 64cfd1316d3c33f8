/** Who comes back to the page sees it up to date: tabs in the background, closed laptops, lost networks. */

import type { KernelLayer } from '../transport.ts'

/** Options of {@link focus}. */
export interface FocusOptions {
  /** Data younger than this is left alone, in milliseconds. @default 5_000 */
  readonly staleAfter?: number
  /** Milliseconds; the kernel's own, where it was given one. @default Date.now */
  readonly clock?: () => number
  /** @default the page's window */
  readonly window?: FocusWindow
}

/** The part of a window that is listened to. */
export interface FocusWindow {
  addEventListener(type: 'pageshow' | 'online', listener: () => void): void
  readonly document: {
    readonly visibilityState: string
    addEventListener(type: 'visibilitychange', listener: () => void): void
  }
}

/** Mounted instances ask again when the page is shown again, comes back from the browser's cache, or is online again. */
export function focus({
  staleAfter = 5_000,
  clock = Date.now,
  window: page = window,
}: FocusOptions = {}): KernelLayer {
  const layer: KernelLayer = (request, next) => next(request)
  layer.attach = (_kernel, store) => {
    const refresh = (): void => {
      if (page.document.visibilityState !== 'visible') return
      for (const instance of store.instances()) {
        const { fetchedAt = Number.NEGATIVE_INFINITY } = instance.read()
        if (instance.isWanted() && clock() - fetchedAt >= staleAfter)
          instance.invalidate([], 'focus')
      }
    }
    page.document.addEventListener('visibilitychange', refresh)
    page.addEventListener('pageshow', refresh)
    page.addEventListener('online', refresh)
  }
  return layer
}
