/** From a Fastify request to the neutral one. */

import { toProtocolRequest as fromNode } from '@mizan/node'
import type { ProtocolRequest } from '@mizan/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Describes the request; the address follows Fastify's `trustProxy` setting. */
export function toProtocolRequest(request: FastifyRequest, reply: FastifyReply): ProtocolRequest {
  return fromNode(request.raw, reply.raw, { address: () => request.ip })
}
