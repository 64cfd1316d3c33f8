/** Pieces of a page as they come, for whoever takes them at their own pace. */

import type { Rendered, RenderOptions } from './renderer.ts'

/** Takes one piece. */
export type OnChunk = (chunk: string) => void

/** Starts a render whose pieces go to `onChunk`; `signal` ends it. */
export type StartStream = (onChunk: OnChunk, signal: AbortSignal) => Promise<Rendered>

/**
 * Iterates what `start` brings. It starts with the first `next()`; what comes faster than it is taken waits here, and is at most
 * what one frame of the page's worker may be times what it sends.
 */
export async function* toChunks(
  start: StartStream,
  { signal }: RenderOptions,
): AsyncGenerator<string, unknown, void> {
  const left = new AbortController()
  const waiting: string[] = []
  let wake = (): void => undefined
  let end: { readonly state: unknown } | { readonly error: unknown } | undefined
  const either = signal === undefined ? left.signal : AbortSignal.any([signal, left.signal])
  start((chunk) => {
    waiting.push(chunk)
    wake()
  }, either).then(
    ({ state }) => finish({ state }),
    (error: unknown) => finish({ error }),
  )
  function finish(how: typeof end): void {
    end = how
    wake()
  }
  try {
    for (;;) {
      yield* waiting.splice(0)
      if (waiting.length > 0) continue
      if (end !== undefined) break
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    if ('error' in end) throw end.error
    return end.state
  } finally {
    left.abort()
  }
}
