/** Mounts an app in Hono. */

import type { App } from '@mizan/server'
import type { Context, MiddlewareHandler, Next } from 'hono'
import {
  splitUrl,
  toProtocolRequest,
  type ToProtocolRequestOptions,
} from './to-protocol-request.ts'
import { writeResponse } from './write-response.ts'

/** Middleware for the root of the server: takes what the app owns and leaves every other route alone. */
export function mizan(
  app: Pick<App, 'owns' | 'answer'>,
  options?: ToProtocolRequestOptions,
): MiddlewareHandler {
  const answer = (context: Context, next: Next): Promise<Response | void> | Response => {
    const { method, url } = context.req.raw
    if (!app.owns(method, splitUrl(url).path)) return next()
    const answering = app.answer(toProtocolRequest(context, options))
    return answering instanceof Promise
      ? answering.then((response) => writeResponse(context, response))
      : writeResponse(context, answering)
  }
  // cast: the type asks for a promise, Hono takes a Response too, and writes one that is there at once in one go
  return answer as MiddlewareHandler
}
