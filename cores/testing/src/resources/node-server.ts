/** A node:http server around a request listener, on a free port. */

import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A listening server. */
export interface NodeServerResource extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string
  readonly server: Server
}

/** Listens with `handler` on 127.0.0.1; disposing ends open connections too. */
export async function nodeServer(handler: RequestListener): Promise<NodeServerResource> {
  const server = createServer(handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
  // cast: a listening TCP server's address is an object
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
