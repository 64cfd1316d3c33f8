/** Renders Svelte components, fetching what their hooks read until the page has it all. */

import process from 'node:process'
import type { Kernel } from '@mizan/base'
import type { Component } from 'svelte'
import { render as renderComponent } from 'svelte/server'
import { withComponentStack } from './component-stack.ts'
import { renderWithData } from './render-with-data.ts'
import type { RenderFunction, RenderResult } from './render-session.ts'

/** A component, compiled for the server, that `startWorker` can register: its props come as JSON. */
export type SveltePage = Component<never>

/** How Svelte components are rendered. */
export interface SvelteRendererOptions {
  /**
   * What is rendered for a page: a root component of the application's own that calls `provideMizan(kernel)` and shows the page, as in
   * the browser. It gets `{ component, props, kernel }`.
   */
  readonly root: Component<SvelteRootProps>
  /** How often a page is rendered at most, as for React. @default 5 */
  readonly passes?: number
}

/** Props of the root component. */
export interface SvelteRootProps extends Record<string, unknown> {
  readonly component: SveltePage
  readonly props: Readonly<Record<string, unknown>>
  readonly kernel: Kernel
}

/** Makes the `render` of `startWorker` for Svelte 5. */
export function svelteRenderer(options: SvelteRendererOptions): RenderFunction<SveltePage> {
  const { root, passes = 5 } = options
  const isDevelopment = process.env['NODE_ENV'] !== 'production'
  // A component is several calls deep, and ten are what a stack keeps.
  if (isDevelopment) Error.stackTraceLimit = Math.max(Error.stackTraceLimit, 100)
  return (component, { props, kernel, signal }) => {
    const render = async (using: Kernel): Promise<RenderResult> => {
      try {
        const { head, body } = await renderComponent(root, {
          props: { component, props, kernel: using },
        })
        return { html: body, head }
      } catch (error) {
        if (isDevelopment && error instanceof Error) withComponentStack(error, stackOf(error))
        throw error
      }
    }
    return renderWithData(render, { kernel, passes, signal })
  }
}

/** Svelte keeps none: its components are functions that call each other, and nothing else in between is written in capitals. */
function stackOf({ stack = '' }: Error): string {
  const names = [...stack.matchAll(/^ +at ([A-Z][\w$]*) \(/gm)]
  return names.map(([, name]) => `at ${name}`).join('\n')
}
