/** The endpoints without Mizan, as somebody would write them in each framework: read, check, answer. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { add } from './functions.ts'
import { mizanRequests } from './requests.ts'

const callPath = mizanRequests.call.target
const [readPath = ''] = mizanRequests.read.target.split('?')

interface CallBody {
  readonly fn?: unknown
  readonly args?: { readonly left?: unknown; readonly right?: unknown }
}

/** The answer to a call; `undefined` for what does not fit. */
function answerCall({ fn, args }: CallBody): { result: { sum: number } } | undefined {
  const left = args?.left
  const right = args?.right
  return fn === 'add' && typeof left === 'number' && typeof right === 'number'
    ? { result: add(left, right) }
    : undefined
}

function answerRead(left: unknown, right: unknown): { sum: { sum: number } } | undefined {
  const [a, b] = [Number(left), Number(right)]
  return Number.isFinite(a) && Number.isFinite(b) ? { sum: add(a, b) } : undefined
}

export function nodeByHand(): Server {
  return createServer((request, response) => void onNode(request, response))
}

async function onNode(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url = '' } = request
  let answer: unknown
  if (method === 'POST' && url === callPath) {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer) // cast: no encoding is set
    answer = answerCall(JSON.parse(Buffer.concat(chunks).toString('utf8')) as CallBody) // cast: checked there
  } else if (method === 'GET' && url.startsWith(`${readPath}?`)) {
    const query = new URLSearchParams(url.slice(readPath.length + 1))
    answer = answerRead(query.get('left'), query.get('right'))
  } else {
    response.writeHead(404).end()
    return
  }
  if (answer === undefined) {
    response.writeHead(400).end()
    return
  }
  const text = JSON.stringify(answer)
  response.writeHead(200, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}

export function expressByHand(): Server {
  const app = express()
  app.post(callPath, express.json(), (request, response) => {
    const answer = answerCall(request.body as CallBody) // cast: checked there
    if (answer === undefined) response.sendStatus(400)
    else response.json(answer)
  })
  app.get(readPath, ({ query }, response) => {
    const answer = answerRead(query['left'], query['right'])
    if (answer === undefined) response.sendStatus(400)
    else response.json(answer)
  })
  return createServer(app)
}

const number = { type: 'number' }
const sides = {
  type: 'object',
  properties: { left: number, right: number },
  required: ['left', 'right'],
}
const sum = { type: 'object', properties: { sum: number } }

/** With the schemas that Fastify compiles to its validators and serializers. */
export async function fastifyByHand(): Promise<Server> {
  const app = fastify()
  app.post<{ Body: { fn: string; args: { left: number; right: number } } }>(
    callPath,
    {
      schema: {
        body: {
          type: 'object',
          properties: { fn: { const: 'add' }, args: sides },
          required: ['fn', 'args'],
        },
        response: { 200: { type: 'object', properties: { result: sum } } },
      },
    },
    async ({ body }) => ({ result: add(body.args.left, body.args.right) }),
  )
  app.get<{ Querystring: { left: number; right: number } }>(
    readPath,
    {
      schema: { querystring: sides, response: { 200: { type: 'object', properties: { sum } } } },
    },
    async ({ query }) => ({ sum: add(query.left, query.right) }),
  )
  await app.ready()
  return app.server
}

export function honoByHand(): Server {
  const app = new Hono()
  app.post(callPath, async (context) => {
    const answer = answerCall(await context.req.json<CallBody>())
    return answer === undefined ? context.body(null, 400) : context.json(answer)
  })
  app.get(readPath, (context) => {
    const answer = answerRead(context.req.query('left'), context.req.query('right'))
    return answer === undefined ? context.body(null, 400) : context.json(answer)
  })
  return createAdaptorServer({ fetch: app.fetch }) as Server // cast: without options it is one of node:http
}
