/** A server whose answers a test writes piece by piece. */

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request that waits for its answer. */
export interface OpenRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: string
}

export interface LineServer extends AsyncDisposable {
  readonly origin: string
  /** The next request that arrives, or has arrived. */
  next(): Promise<OpenRequest>
  /** How many have arrived. */
  readonly count: () => number
}

/** Starts a server on a free port. */
export async function lineServer(): Promise<LineServer> {
  const arrived: OpenRequest[] = []
  const waiting: ((open: OpenRequest) => void)[] = []
  let count = 0
  const server = createServer(async (request, response) => {
    count++
    let body = ''
    for await (const chunk of request) body += String(chunk)
    response.setHeader('content-type', 'application/x-ndjson')
    const open = { request, response, body }
    const take = waiting.shift()
    if (take) take(open)
    else arrived.push(open)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  // cast: a listening TCP server's address is an object.
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    count: () => count,
    next: () => {
      const open = arrived.shift()
      return open ? Promise.resolve(open) : new Promise((resolve) => waiting.push(resolve))
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
