/** Renders React components piece by piece, as what they read comes. */

import { type ComponentType, createElement } from 'react'
import { renderToPipeableStream } from 'react-dom/server.node'
import { withComponentStack } from './component-stack.ts'
import { FlushedHtml } from './flushed-html.ts'
import { fromDocument, inDocument } from './react-document.ts'
import type { PageComponent, ReactRendererOptions } from './react.ts'
import type { StreamFunction } from './render-session.ts'
import type { CompletePiece } from './streamed-state.ts'

/**
 * Makes the `stream` of `startWorker`: what stands outside of `<Suspense>` is the first piece, everything else comes when it is ready, each
 * piece with the data that it was made of. What hooks read without suspending must be in the state that the server gives.
 */
export function reactStreamer(
  options: Pick<ReactRendererOptions, 'wrap'> = {},
): StreamFunction<PageComponent> {
  const { wrap = (element) => element } = options
  return (component, { props, kernel, signal, nonce }) => {
    // cast: props are what the server gave for this component
    const page = createElement(component as ComponentType<object>, props)
    const html = new FlushedHtml()
    return new Promise((resolve, reject) => {
      let isBegun = false
      const { pipe, abort } = renderToPipeableStream(inDocument(wrap(page, kernel)), {
        ...(nonce !== undefined && { nonce }),
        onShellReady() {
          isBegun = true
          // cast: all that React needs of a stream, see there
          pipe(html as unknown as NodeJS.WritableStream)
          resolve(toPieces(html))
        },
        onShellError: reject,
        onError(error, { componentStack }) {
          withComponentStack(error, componentStack)
          // Of what comes late the browser is told to make it itself, and the server only this.
          // oxlint-disable-next-line no-console -- to stderr, with the component's name
          if (isBegun && !signal.aborted && !html.isLeft) console.error(error)
        },
      })
      if (signal.aborted) abort(signal.reason)
      signal.addEventListener('abort', () => abort(signal.reason), { once: true })
    })
  }
}

async function* toPieces(pieces: AsyncIterable<string>): AsyncGenerator<CompletePiece> {
  let isShell = true
  for await (const html of pieces) {
    yield isShell ? fromDocument(html) : { html }
    isShell = false
  }
}
