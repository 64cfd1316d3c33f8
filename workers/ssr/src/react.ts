/** Renders React components, fetching what their hooks read until the page has it all. */

import process from 'node:process'
import type { Kernel } from '@mizan/base'
import { type ComponentType, createElement, type ReactElement, type ReactNode } from 'react'
import { renderToReadableStream, renderToString } from 'react-dom/server'
import { withComponentStack } from './component-stack.ts'
import { fromDocument, inDocument, withoutTail } from './react-document.ts'
import { renderWithData } from './render-with-data.ts'
import type { RenderFunction, RenderResult } from './render-session.ts'

export { reactStreamer } from './react-streamer.ts'

/** How React components are rendered. */
export interface ReactRendererOptions {
  /**
   * Puts the page inside what it needs, as the browser does:
   * `(element, kernel) => <MizanProvider kernel={kernel}>{element}</MizanProvider>`.
   * @default nothing around it
   */
  readonly wrap?: (element: ReactElement, kernel: Kernel) => ReactNode
  /**
   * How often a page is rendered at most. It is rendered again when hooks read contexts that were not there yet, which
   * are fetched between two renders; what is still missing after the last one stays `idle`.
   * @default 5
   */
  readonly passes?: number
}

/** A component that `startWorker` can register: its props come as JSON. */
export type PageComponent = ComponentType<never>

/** Makes the `render` of `startWorker` for React 18 and 19. */
export function reactRenderer(options: ReactRendererOptions = {}): RenderFunction<PageComponent> {
  const { wrap = (element) => element, passes = 5 } = options
  return (component, { props, kernel, signal }) => {
    // cast: props are what the server gave for this component
    const page = createElement(component as ComponentType<object>, props)
    const render = (using: Kernel): RenderResult | Promise<RenderResult> => {
      const element = inDocument(wrap(page, using))
      try {
        return fromDocument(withoutTail(renderToString(element)))
      } catch (error) {
        return explain(error, element)
      }
    }
    return renderWithData(render, { kernel, passes, signal })
  }
}

/** In development the same is rendered once more by what tells in which components it fails. */
async function explain(error: unknown, element: ReactElement): Promise<never> {
  if (process.env['NODE_ENV'] === 'production') throw error
  await renderToReadableStream(element, {
    onError: (_error, { componentStack }) => withComponentStack(error, componentStack),
  }).catch(() => undefined)
  throw error
}
