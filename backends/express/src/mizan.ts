/** Mounts an app in Express. */

import { splitTarget } from '@mizan/node'
import type { App } from '@mizan/server'
import type { RequestHandler } from 'express'
import { toProtocolRequest, toUrl } from './to-protocol-request.ts'
import { writeResponse } from './write-response.ts'

/**
 * Middleware for the root of the server: takes what the app owns and leaves every other route alone. What fails on the
 * way to the client goes to Express's error handlers.
 */
export function mizan(app: Pick<App, 'owns' | 'answer'>): RequestHandler {
  return async (req, res, next) => {
    if (!app.owns(req.method, splitTarget(toUrl(req)).path)) return next()
    try {
      const answering = app.answer(toProtocolRequest(req, res))
      const writing = writeResponse(res, answering instanceof Promise ? await answering : answering)
      if (writing !== undefined) await writing
    } catch (error) {
      // Express 4 does not look at what a handler returns.
      next(error)
    }
  }
}
