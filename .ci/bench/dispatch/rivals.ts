/** The same function in the frameworks that people choose between, each as its documentation shows it, input checked by zod. */

import { createServer, type Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { os } from '@orpc/server'
import { RPCHandler } from '@orpc/server/node'
import { initTRPC } from '@trpc/server'
import { createHTTPServer } from '@trpc/server/adapters/standalone'
import { Hono } from 'hono'
import { validator } from 'hono/validator'
import { z } from 'zod'
import { add } from './functions.ts'

const sides = z.object({ left: z.number(), right: z.number() })
const sidesInQuery = z.object({ left: z.coerce.number(), right: z.coerce.number() })

export function trpc(): Server {
  const t = initTRPC.create()
  return createHTTPServer({
    router: t.router({
      add: t.procedure.input(sides).mutation(({ input }) => add(input.left, input.right)),
      sum: t.procedure.input(sides).query(({ input }) => add(input.left, input.right)),
    }),
  })
}

export function orpc(): Server {
  const handler = new RPCHandler({
    add: os.input(sides).handler(({ input }) => add(input.left, input.right)),
    sum: os
      .route({ method: 'GET' })
      .input(sides)
      .handler(({ input }) => add(input.left, input.right)),
  })
  return createServer(async (request, response) => {
    const { matched } = await handler.handle(request, response)
    if (!matched) response.writeHead(404).end()
  })
}

export function honoRpc(): Server {
  const app = new Hono()
    .post(
      '/add',
      validator('json', (value) => sides.parse(value)),
      (context) => {
        const { left, right } = context.req.valid('json')
        return context.json(add(left, right))
      },
    )
    .get(
      '/sum',
      validator('query', (value) => sidesInQuery.parse(value)),
      (context) => {
        const { left, right } = context.req.valid('query')
        return context.json(add(left, right))
      },
    )
  return createAdaptorServer({ fetch: app.fetch }) as Server // cast: without options it is one of node:http
}
