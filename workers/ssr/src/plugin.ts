/** The renderer as a part of a Mizan app. */

import { currentScope, definePlugin, type Logger, type Plugin, provide } from '@mizan/server'
import { createRenderer } from './create-renderer.ts'
import { LateFailures, type OnLateFailure } from './late-failures.ts'
import { Renderer, type RendererOptions } from './renderer.ts'

/**
 * Provides a renderer for `inject(Renderer)`. The app does not start when the worker does not; it is healthy while a
 * worker answers, and closing it lets renders finish.
 *
 * @throws MizanError `UNAVAILABLE` when there is no Bun.
 */
export function ssrPlugin(options: RendererOptions): Plugin {
  const renderer = createRenderer(options)
  let logger: Logger | undefined
  const onLateFailure: OnLateFailure = (component, error) =>
    logger?.error({ component, error }, 'a streamed page failed half way')
  return definePlugin({
    name: 'ssr',
    provide: [provide(Renderer, observed(renderer)), provide(LateFailures, onLateFailure)],
    async start(host) {
      logger = host.logger
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

/** What a worker has fetched by itself nobody has observed: a page with it is kept nowhere. */
function observed(renderer: Renderer): Renderer {
  return {
    ...renderer,
    async render(component, props, options) {
      const rendered = await renderer.render(component, props, options)
      if (countOf(rendered.state) > countOf(options?.state)) currentScope()?.observeRead('*')
      return rendered
    },
  }
}

function countOf(state: unknown): number {
  const isState = typeof state === 'object' && state !== null && 'contexts' in state
  return isState && Array.isArray(state.contexts) ? state.contexts.length : 0
}
