/** How much the kernel is asking for: for the bar at the top of a page. */

import type { KernelLayer } from '../transport.ts'

/** A frozen snapshot. */
export interface ActivityState {
  /** Contexts that are being read. */
  readonly reads: number
  /** Functions that are being called; a stream until its answer begins. */
  readonly calls: number
}

/** The layer, and what it counts. */
export interface ActivityLayer extends KernelLayer {
  /** Keeps its identity until it changes. */
  read(): ActivityState
  /** The listener is called a turn later, once for all that changed together. */
  subscribe(listener: () => void): () => void
}

/**
 * Counts requests. Given first, it counts what waits for a second try or for the network too; given last, only what is on its way.
 */
export function activity(): ActivityLayer {
  const listeners = new Set<() => void>()
  const now = { reads: 0, calls: 0 }
  let shown: ActivityState = Object.freeze({ ...now })
  let isTelling = false

  function count(what: keyof ActivityState, by: 1 | -1): void {
    now[what] += by
    if (isTelling) return
    isTelling = true
    // Later, because a request may begin while something is being rendered.
    queueMicrotask(() => {
      isTelling = false
      if (now.reads === shown.reads && now.calls === shown.calls) return
      shown = Object.freeze({ ...now })
      for (const listener of [...listeners]) listener()
    })
  }

  const layer: KernelLayer = async (request, next) => {
    const what = request.idempotent ? 'reads' : 'calls'
    count(what, 1)
    try {
      return await next(request)
    } finally {
      count(what, -1)
    }
  }

  return Object.assign(layer, {
    read: () => shown,
    subscribe(listener: () => void) {
      const entry = (): void => listener()
      listeners.add(entry)
      return () => void listeners.delete(entry)
    },
  })
}
