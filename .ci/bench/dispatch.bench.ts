/** A call through Mizan against the same handler written by hand on node:http: what the framework costs. */

import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { mizan } from '@mizan/node'
import { client, createApp, defineFunctions } from '@mizan/server'
import { requestsPerSecond } from './load.ts'
import { report } from './measured.ts'

const rounds = 5
const milliseconds = 1_000

const add = client((left: number, right: number) => ({ sum: left + right }))
const number = { type: 'number' } as const
const functions = defineFunctions(
  {
    version: 1,
    digest: '0000000000000000',
    functions: {
      add: {
        key: 'add',
        source: 'dispatch.bench.ts#add',
        params: [
          { name: 'left', key: 'left', schema: number, required: true },
          { name: 'right', key: 'right', schema: number, required: true },
        ],
        result: { type: 'object', properties: { sum: number }, required: ['sum'] },
      },
    },
    contexts: {},
    $defs: {},
  },
  { add: [add] },
)

/** The same endpoint without a framework: read, parse, check, answer. */
async function byHand(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST' || request.url !== '/api/mizan/call/') {
    response.writeHead(404).end()
    return
  }
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const { fn, args } = JSON.parse(Buffer.concat(chunks).toString('utf8'))
  if (fn !== 'add' || typeof args?.left !== 'number' || typeof args?.right !== 'number') {
    response.writeHead(400).end()
    return
  }
  const text = JSON.stringify({ result: { sum: args.left + args.right } })
  response.writeHead(200, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}

const body = JSON.stringify({ fn: 'add', args: { left: 2, right: 3 } })
const request = [
  'POST /api/mizan/call/ HTTP/1.1',
  'host: localhost',
  'content-type: application/json',
  `content-length: ${Buffer.byteLength(body)}`,
  '',
  body,
].join('\r\n')

await using app = createApp({ functions })
await app.start()
await using hand = await listen((req, res) => void byHand(req, res))
await using ours = await listen(mizan(app))

const ratios: number[] = []
for (let round = 0; round <= rounds; round++) {
  const floor = await requestsPerSecond({ port: hand.port, request, connections: 32, milliseconds })
  const measured = await requestsPerSecond({
    port: ours.port,
    request,
    connections: 32,
    milliseconds,
  })
  if (round > 0) ratios.push(floor / measured) // the first round warms up
  process.stdout.write(
    `  by hand ${floor.toFixed(0)}, Mizan ${measured.toFixed(0)} requests a second\n`,
  )
}
ratios.sort((a, b) => a - b)
report({
  what: `time of a call against a hand-written handler, median of ${rounds} rounds`,
  value: Number((ratios[Math.floor(ratios.length / 2)] ?? Number.POSITIVE_INFINITY).toFixed(3)),
  unit: 'times',
  goal: 1.15,
  atMost: 4,
})

async function listen(listener: RequestListener): Promise<AsyncDisposable & { port: number }> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // cast: it listens on TCP
  const { port } = server.address() as AddressInfo
  return {
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
