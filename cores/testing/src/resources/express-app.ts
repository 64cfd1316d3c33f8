/** An Express application on a free port. */

import type { Express } from 'express'
import { type NodeServerResource, nodeServer } from './node-server.ts'

/** Listens with `app`, routes and error handlers included, on 127.0.0.1. */
export function expressApp(app: Express): Promise<NodeServerResource> {
  return nodeServer(app)
}
