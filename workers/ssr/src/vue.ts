/** Renders Vue components; what their hooks read is fetched while they are set up. */

import type { Kernel } from '@mizan/base'
import { type App, type Component, createSSRApp } from 'vue'
import { renderToString } from 'vue/server-renderer'
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
    options.install?.(app, kernel)
    const context: { head?: unknown } = {}
    const html = await renderToString(app, context)
    return { html, head: typeof context.head === 'string' ? context.head : '' }
  }
}
