/** Renders React components, fetching what their hooks read until the page has it all. */

import process from 'node:process'
import type { Kernel } from '@mizan/base'
import { type ComponentType, createElement, type ReactElement, type ReactNode } from 'react'
import { renderToReadableStream, renderToString } from 'react-dom/server'
import { withComponentStack } from './component-stack.ts'
import { renderWithData } from './render-with-data.ts'
import type { RenderFunction, RenderResult, StreamFunction } from './render-session.ts'

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
        return split(renderToString(element))
      } catch (error) {
        return explain(error, element)
      }
    }
    return renderWithData(render, { kernel, passes, signal })
  }
}

/**
 * Makes the `stream` of `startWorker`: what stands outside of `<Suspense>` is the first piece, everything else comes when it is ready. What
 * hooks read without suspending must be in the state that the server gives.
 */
export function reactStreamer(
  options: Pick<ReactRendererOptions, 'wrap'> = {},
): StreamFunction<PageComponent> {
  const { wrap = (element) => element } = options
  return async (component, { props, kernel, signal, nonce }) => {
    // cast: props are what the server gave for this component
    const page = createElement(component as ComponentType<object>, props)
    const stream = await renderToReadableStream(wrap(page, kernel), {
      signal,
      ...(nonce !== undefined && { nonce }),
      onError: (error, { componentStack }) => withComponentStack(error, componentStack),
    })
    // cast: every runtime that renders iterates its streams
    const bytes = stream as unknown as AsyncIterable<Uint8Array>
    return decoded(bytes)
  }
}

async function* decoded(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true })
  const rest = decoder.decode()
  if (rest !== '') yield rest
}

/** In development the same is rendered once more by what tells in which components it fails. */
async function explain(error: unknown, element: ReactElement): Promise<never> {
  if (process.env['NODE_ENV'] === 'production') throw error
  await renderToReadableStream(element, {
    onError: (_error, { componentStack }) => withComponentStack(error, componentStack),
  }).catch(() => undefined)
  throw error
}

/** Inside a document React gathers `<title>` and its like in the head; the ids of `useId` are the same as without. */
function inDocument(page: ReactNode): ReactElement {
  return createElement('html', null, createElement('body', null, page))
}

const documentPattern =
  /^(?:<!DOCTYPE html>)?<html>(?:<head>(.*?)<\/head>)?<body>(.*)<\/body><\/html>$/s

function split(document: string): RenderResult {
  const [, head = '', html] = documentPattern.exec(document) ?? []
  if (html === undefined) {
    throw new Error(
      'a page renders what stands inside <body>, it must not render <html>, <head> or <body>',
    )
  }
  return { html, head }
}
