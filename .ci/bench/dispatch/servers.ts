/** The servers that are compared, by name. */

import type { Server } from 'node:http'
import { expressByHand, fastifyByHand, honoByHand, nodeByHand } from './by-hand.ts'
import { honoRpc, orpc, trpc } from './rivals.ts'
import { expressWithMizan, fastifyWithMizan, honoWithMizan, nodeWithMizan } from './with-mizan.ts'

/** How each is made. */
export const servers = {
  'node by hand': nodeByHand,
  'node Mizan': nodeWithMizan,
  'express by hand': expressByHand,
  'express Mizan': expressWithMizan,
  'fastify by hand': fastifyByHand,
  'fastify Mizan': fastifyWithMizan,
  'hono by hand': honoByHand,
  'hono Mizan': honoWithMizan,
  tRPC: trpc,
  oRPC: orpc,
  'Hono RPC': honoRpc,
} as const satisfies Readonly<Record<string, () => Server | Promise<Server>>>

/** The name of one. */
export type ServerName = keyof typeof servers
