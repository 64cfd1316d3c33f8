/** Mounts an app in node:http, or in anything that takes `(req, res, next)`. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { App } from '@mizan/server'
import {
  splitTarget,
  toProtocolRequest,
  type ToProtocolRequestOptions,
} from './to-protocol-request.ts'
import { writeResponse } from './write-response.ts'

/** Takes what the app owns; the rest goes to `next`, or is answered 404 when there is none. */
export type NodeListener = (
  req: IncomingMessage,
  res: ServerResponse,
  next?: (error?: unknown) => void,
) => void

/** Mount at the root of the server: the app knows its own paths. */
export function mizan(app: Pick<App, 'owns' | 'answer'>): NodeListener {
  return (req, res, next) => {
    if (next === undefined || app.owns(req.method ?? 'GET', splitTarget(req.url ?? '/').path))
      void answer(app, req, res)
    else next()
  }
}

/**
 * Runs the request and writes the answer. Never rejects: what fails on the way to the client ends the connection.
 *
 * @param options what the framework knows better than node:http
 */
export async function answer(
  app: Pick<App, 'answer'>,
  req: IncomingMessage,
  res: ServerResponse,
  options?: ToProtocolRequestOptions,
): Promise<void> {
  try {
    const answering = app.answer(toProtocolRequest(req, res, options))
    const writing = writeResponse(res, answering instanceof Promise ? await answering : answering)
    if (writing !== undefined) await writing
  } catch (error) {
    res.destroy(error instanceof Error ? error : undefined)
  }
}
