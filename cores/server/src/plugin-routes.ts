/** Paths that plugins answer themselves: metrics, webhooks of a provider, an admin page. */

import { MizanError, type ProtocolRequest, type ProtocolResponse } from '@mizan/protocol'
import { toPublicError } from './dispatch/public-error.ts'
import { fromWebResponse, respondError } from './http/respond.ts'
import type { Limits } from './limits.ts'
import type { Logger } from './logger.ts'
import { createRequestView, type RequestView } from './request-view.ts'

/** One path of a plugin. It is outside of identity and CSRF: whoever answers it decides who may ask. */
export interface PluginRoute {
  /** @default 'GET', which also answers HEAD */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** `/metrics`, or with everything below it: `/admin/*`. */
  readonly path: string
  handle(request: RequestView): Response | Promise<Response>
}

/** The routes of an app's plugins. */
export interface PluginRoutes {
  /** The route for a path and method. */
  find(method: string, path: string): PluginRoute | undefined
  /** Answers; never rejects. */
  answer(route: PluginRoute, request: ProtocolRequest): Promise<ProtocolResponse>
}

/** What routes need of their app. */
export interface PluginRoutesOptions {
  readonly base: string
  readonly limits: Required<Limits>
  readonly logger: Logger
}

/** @throws TypeError for a path that is none, stands under the base, or is answered twice */
export function createPluginRoutes(
  plugins: readonly { readonly name: string; readonly routes?: readonly PluginRoute[] }[],
  { base, limits, logger }: PluginRoutesOptions,
): PluginRoutes {
  const exact = new Map<string, PluginRoute>()
  const below: (readonly [method: string, prefix: string, route: PluginRoute])[] = []
  for (const plugin of plugins) {
    for (const route of plugin.routes ?? []) {
      const { method = 'GET', path } = route
      const where = `plugin "${plugin.name}": the route ${method} ${path}`
      const plain = path.replace(/\/\*$/, '')
      if (!/^\/[^*?#\s]*$/.test(plain)) throw new TypeError(`${where} is no path`)
      if (`${plain}/`.startsWith(`${base}/`))
        throw new TypeError(`${where} stands under ${base}, where the endpoints are`)
      const key = `${method} ${path}`
      if (exact.has(key) || below.some(([known, prefix]) => `${known} ${prefix}*` === key))
        throw new TypeError(`${where} is answered by another plugin`)
      if (path.endsWith('/*')) below.push([method, path.slice(0, -1), route])
      else exact.set(key, route)
    }
  }
  const hasNone = exact.size + below.length === 0
  return {
    find(method, path) {
      if (hasNone) return undefined
      const wanted = method === 'HEAD' ? 'GET' : method
      return (
        exact.get(`${wanted} ${path}`) ??
        below.find(([known, prefix]) => known === wanted && path.startsWith(prefix))?.[2]
      )
    },
    async answer(route, request) {
      try {
        const response = await route.handle(createRequestView(request, { bodyLimit: limits.body }))
        if (!(response instanceof Response))
          throw new MizanError('INTERNAL', `${route.path}: a route answers with a Response`)
        return fromWebResponse(response, [], (error) =>
          logger.error({ error, path: route.path }, 'an answer failed half way'),
        )
      } catch (error) {
        return respondError(toPublicError(error, logger))
      }
    },
  }
}
