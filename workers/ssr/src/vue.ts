/** Renders Vue components; what their hooks read is fetched while they are set up. */

import process from 'node:process'
import type { Kernel } from '@mizan/base'
import { type App, type Component, type ComponentPublicInstance, createSSRApp } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { withComponentStack } from './component-stack.ts'
import type { RenderFunction } from './render-session.ts'

/** How Vue components are rendered. */
export interface VueRendererOptions {
  /**
   * Gives the page what it needs, as the browser does: `(app, kernel) => app.use(createMizan(kernel, { serverPrefetch: true }))`.
   * @default nothing
   */
  readonly install?: (app: App, kernel: Kernel) => void
}

/** Makes the `render` of `startWorker` for Vue 3. Components put text for the head into `useSSRContext().head`. */
export function vueRenderer(options: VueRendererOptions = {}): RenderFunction<Component> {
  return async (component, { props, kernel }) => {
    const app = createSSRApp(component, props)
    if (process.env['NODE_ENV'] !== 'production') noteComponents(app)
    options.install?.(app, kernel)
    const context: { head?: unknown } = {}
    const html = await renderToString(app, context)
    return { html, head: typeof context.head === 'string' ? context.head : '' }
  }
}

/** Whatever is thrown passes by the components around the one that threw it. */
function noteComponents(app: App): void {
  app.mixin({
    errorCaptured(error: unknown, thrower: ComponentPublicInstance | null) {
      withComponentStack(error, stackOf(thrower))
    },
  })
}

function stackOf(thrower: ComponentPublicInstance | null): string {
  const lines: string[] = []
  for (let one = thrower; one !== null; one = one.$parent) {
    const { name, __name: fileName } = one.$options
    lines.push(`at ${name ?? fileName ?? 'Anonymous'}`)
  }
  return lines.join('\n')
}
