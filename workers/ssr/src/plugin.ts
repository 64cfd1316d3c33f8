/** The renderer as a part of a Mizan app. */

import { definePlugin, type Plugin, provide } from '@mizan/server'
import { createRenderer } from './create-renderer.ts'
import { Renderer, type RendererOptions } from './renderer.ts'

/**
 * Provides a renderer for `inject(Renderer)`. The app does not start when the worker does not; it is healthy while a
 * worker answers, and closing it lets renders finish.
 *
 * @throws MizanError `UNAVAILABLE` when there is no Bun.
 */
export function ssrPlugin(options: RendererOptions): Plugin {
  const renderer = createRenderer(options)
  return definePlugin({
    name: 'ssr',
    provide: [provide(Renderer, renderer)],
    async start() {
      try {
        await renderer.start()
      } catch (error) {
        await renderer.close()
        throw error
      }
    },
    stop: () => renderer.close(),
    health: () => renderer.health(),
  })
}
