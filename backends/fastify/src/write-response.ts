/** Writes past Fastify's serialisation. */

import { writeResponse as writeToNode } from '@mizan/node'
import type { ProtocolResponse } from '@mizan/protocol'
import type { FastifyReply } from 'fastify'

/** Writes to the socket; headers that other hooks gave the reply stay. The reply must be hijacked. */
export function writeResponse(
  reply: FastifyReply,
  response: ProtocolResponse,
): Promise<void> | undefined {
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value)
  }
  return writeToNode(reply.raw, response)
}
