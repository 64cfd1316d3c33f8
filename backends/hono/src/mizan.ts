/** Mounts an app in Hono. */

import type { App } from '@mizan/server'
import type { MiddlewareHandler } from 'hono'
import {
  splitUrl,
  toProtocolRequest,
  type ToProtocolRequestOptions,
} from './to-protocol-request.ts'
import { writeResponse } from './write-response.ts'

/** Middleware for the root of the server: takes what the app owns and leaves every other route alone. */
export function mizan(
  app: Pick<App, 'owns' | 'handle'>,
  options?: ToProtocolRequestOptions,
): MiddlewareHandler {
  return async (context, next) => {
    const { method, url } = context.req.raw
    if (!app.owns(method, splitUrl(url).path)) return next()
    return writeResponse(context, await app.handle(toProtocolRequest(context, options)))
  }
}
