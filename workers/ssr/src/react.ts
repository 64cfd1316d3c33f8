/** Renders React components, fetching what their hooks read until the page has it all. */

import type { ContextDescriptor, Given, Kernel } from '@mizan/base'
import { type ComponentType, createElement, type ReactElement, type ReactNode } from 'react'
import { renderToString } from 'react-dom/server'
import type { RenderFunction, RenderResult } from './render-session.ts'

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
    const render = (using: Kernel): RenderResult => {
      // cast: props are what the server gave for this component
      const element = createElement(component as ComponentType<object>, props)
      return split(renderToString(inDocument(wrap(element, using))))
    }
    const again = async (first: RenderResult, missing: Load[]): Promise<RenderResult> => {
      let result = first
      for (let pass = 1; pass < passes && missing.length > 0; pass += 1) {
        // A context that fails shows in its hook, in the browser as here.
        await Promise.allSettled(missing.splice(0).map((load) => load(signal)))
        signal.throwIfAborted()
        result = render(recording(kernel, missing))
      }
      return result
    }
    const missing: Load[] = []
    const first = render(recording(kernel, missing))
    return missing.length === 0 ? first : again(first, missing)
  }
}

type Load = (signal: AbortSignal) => Promise<unknown>

/** The same kernel; what is read and was never fetched is noted in `missing`. */
function recording(kernel: Kernel, missing: Load[]): Kernel {
  function note<Params, Data>(context: ContextDescriptor<Params, Data>, params: Given<Params>) {
    if (kernel.read(context, params).status === 'idle') {
      missing.push((signal) => kernel.load(context, params, { signal }))
    }
  }
  return {
    ...kernel,
    read(context, params) {
      note(context, params)
      return kernel.read(context, params)
    },
    readMember(context, params, member) {
      note(context, params)
      return kernel.readMember(context, params, member)
    },
  }
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
