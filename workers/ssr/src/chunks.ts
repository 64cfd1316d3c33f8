/** Pieces of a page as they come, for whoever takes them at their own pace. */

import type { Rendered, RenderOptions, StreamedPiece } from './renderer.ts'

/** Is given one piece; `taken` says that nobody holds it any more. */
export type OnChunk = (piece: StreamedPiece, taken: () => void) => void

/** Starts a render whose pieces go to `onChunk`; `signal` ends it. */
export type StartStream = (onChunk: OnChunk, signal: AbortSignal) => Promise<Rendered>

/**
 * Iterates what `start` brings. It starts with the first `next()`; what comes faster than it is taken waits here, and once that is much, in
 * the worker, which goes on when it was taken.
 */
export async function* toChunks(
  start: StartStream,
  { signal }: RenderOptions,
): AsyncGenerator<StreamedPiece, unknown, void> {
  const left = new AbortController()
  const waiting: { readonly piece: StreamedPiece; readonly taken: () => void }[] = []
  let wake = (): void => undefined
  let end: { readonly state: unknown } | { readonly error: unknown } | undefined
  const either = signal === undefined ? left.signal : AbortSignal.any([signal, left.signal])
  start((piece, taken) => {
    waiting.push({ piece, taken })
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
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        yield next.piece
        next.taken()
      }
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
