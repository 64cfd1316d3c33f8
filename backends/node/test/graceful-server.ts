/** A server that ends on a signal; run as a process of its own. */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { client, collect, createApp } from '@mizan/server'
import { closeOnSignals } from '../src/close-on-signals.ts'
import { mizan } from '../src/mizan.ts'

const slow = client({ name: 'slow' }, async (milliseconds: number) => {
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
  return milliseconds
})
const count = client({ name: 'count' }, async function* count(upTo: number) {
  for (let item = 1; item <= upTo; item += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    yield item
  }
})

const app = createApp({ functions: collect(slow, count) })
const server = createServer(mizan(app))
server.listen(0, '127.0.0.1', () => {
  // cast: a listening TCP server's address is an object
  const { port } = server.address() as AddressInfo
  process.stdout.write(`listening on ${port}\n`)
})
closeOnSignals(server, app, { linger: 300 })
process.on('exit', (code) => process.stdout.write(`ended with ${code}\n`))
