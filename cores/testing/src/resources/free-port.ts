/** A TCP port that nobody listens on. */

import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/**
 * A port on 127.0.0.1 that was free a moment ago. Another process may take it before you do: prefer listening on port
 * 0 where you can, and try again where you cannot.
 */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  // cast: a listening TCP server's address is an object
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
