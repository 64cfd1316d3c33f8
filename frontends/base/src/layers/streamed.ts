/** A page that is still on its way: what its server reads comes with the piece that shows it, and is not asked for meanwhile. */

import type { Kernel } from '../kernel.ts'
import { orAborted } from '../or-aborted.ts'
import { parseState } from '../state-text.ts'
import type { KernelLayer, KernelRequest } from '../transport.ts'

/** The part of a window that is used. */
export interface StreamedWindow {
  readonly document: Pick<Document, 'readyState' | 'getElementById'> & {
    addEventListener(
      name: 'readystatechange',
      listener: () => void,
      options: { readonly once: true },
    ): void
  }
  /** To which the scripts between the pieces add; each item is JSON. */
  __mizanState?: unknown
}

/** Options of {@link streamed}. */
export interface StreamedOptions {
  /** Id of the element with the state of the first piece. @default 'mizan-state' */
  readonly id?: string
  /**
   * Milliseconds without any news of the page after which what is waited for is asked for: some browsers do not say that its connection
   * broke.
   * @default 30_000
   */
  readonly wait?: number
  /** @default the page's window; a server has none */
  readonly window?: StreamedWindow | undefined
}

/**
 * Takes the state that stands in the page, and that of each later piece as it comes: give it to `createKernel` instead of `state`. What
 * the server says is to come is waited for until it is there, the server has given it up, or the page has ended; then it is asked for.
 * A page that is whole already is waited for in nothing. Put it first, so that the wait counts for no other layer.
 */
export function streamed(options: StreamedOptions = {}): KernelLayer {
  const { id = 'mizan-state', wait = 30_000, window: page = globalThis.window } = options
  const waiting = new Set<() => void>()
  /** Keys of what is to come. */
  let pending: ReadonlySet<string> = new Set()
  let timer: ReturnType<typeof setTimeout> | undefined

  function expect(keys: readonly string[]): void {
    clearTimeout(timer)
    timer = undefined
    pending = new Set(keys)
    const woken = [...waiting]
    waiting.clear()
    for (const wake of woken) wake()
  }

  function news(): Promise<void> {
    timer ??= setTimeout(expect, wait, [])
    return new Promise((resolve) => waiting.add(resolve))
  }

  const layer: KernelLayer = async (request, next) => {
    while (request.idempotent && pending.has(keyOf(request)))
      await orAborted(news(), request.signal)
    return next(request)
  }

  function attach(kernel: Kernel): void {
    if (!page) return
    const { document } = page
    const isOnItsWay = (): boolean => document.readyState === 'loading'
    const take = (text: unknown): void => {
      const state = parseState(text)
      // Who waits for what is in it hears of it here, before it is told that nothing more is to come.
      if (state) kernel.hydrate(state)
      expect(isOnItsWay() ? (state?.pending ?? []) : [])
    }
    take(document.getElementById(id)?.textContent)
    const list = toList(page)
    for (const text of list) take(text)
    if (!isOnItsWay()) return
    const { push } = list
    list.push = (...texts) => {
      for (const text of texts) take(text)
      return push.apply(list, texts)
    }
    // Also when it ends half way.
    document.addEventListener('readystatechange', () => expect([]), { once: true })
  }

  return Object.assign(layer, { attach })
}

/** What has come before the kernel was made, to which other kernels of the page listen too. */
function toList(page: StreamedWindow): unknown[] {
  const { __mizanState: list } = page
  return Array.isArray(list) ? list : (page.__mizanState = [])
}

/** The key of the instance that a read is of. */
function keyOf({ name, path, headers }: KernelRequest): string {
  const [, query = ''] = path.split('?')
  return `${headers['x-mizan-artifact']}/${name}?${query}`
}
