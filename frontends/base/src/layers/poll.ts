/** Contexts that change without anybody telling are asked for again and again while they are shown. */

import type { Instance } from '../instance.ts'
import type { KernelLayer } from '../transport.ts'

/** Options of {@link poll}. */
export interface PollOptions {
  /** Milliseconds from one answer to the next request. */
  readonly every: number
  /** Also while the page is in the background. @default false */
  readonly inBackground?: boolean
  /** @default the page's document; a server has none */
  readonly document?: PollDocument | undefined
}

/** The part of a document that is looked at. */
export interface PollDocument {
  readonly visibilityState: string
  addEventListener(type: 'visibilitychange', listener: () => void): void
}

/** Asks again for mounted instances of `contexts`; what is mounted nowhere is not asked for. */
export function poll(
  contexts: readonly { readonly name: string }[],
  { every, inBackground = false, document: page = globalThis.document }: PollOptions,
): KernelLayer {
  const names = new Set(contexts.map(({ name }) => name))
  const timers = new Map<Instance<unknown>, ReturnType<typeof setTimeout>>()
  const layer: KernelLayer = (request, next) => next(request)

  /** Each answer winds the clock again, whoever asked for it. */
  function wind(instance: Instance<unknown>): void {
    clearTimeout(timers.get(instance))
    timers.delete(instance)
    if (!instance.isWanted() || instance.read().isStale) return
    const isHidden = !inBackground && page?.visibilityState === 'hidden'
    if (!isHidden)
      timers.set(
        instance,
        setTimeout(() => instance.invalidate([], 'poll'), every),
      )
  }

  layer.attach = (_kernel, store) => {
    store.listen((instance) => {
      if (instance && names.has(instance.address.context)) wind(instance)
    })
    page?.addEventListener('visibilitychange', () => {
      for (const instance of store.instances())
        if (names.has(instance.address.context)) wind(instance)
    })
  }
  return layer
}
