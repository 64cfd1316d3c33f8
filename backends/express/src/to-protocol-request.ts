/** From an Express request to the neutral one. */

import { toProtocolRequest as fromNode } from '@mizan/node'
import type { ProtocolRequest } from '@mizan/protocol'
import type { Request, Response } from 'express'

/** Path and query from the root of the server; Express cuts the mount path off `req.url`. */
export function toUrl(req: Request): string {
  return req.baseUrl + req.url
}

/** Describes the request; the address follows Express's `trust proxy` setting. */
export function toProtocolRequest(req: Request, res: Response): ProtocolRequest {
  return fromNode(req, res, { url: toUrl(req), address: () => req.ip })
}
