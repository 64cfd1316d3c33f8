/** Mounts an app in Fastify. */

import { splitTarget } from '@mizan/node'
import type { App } from '@mizan/server'
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import { toProtocolRequest } from './to-protocol-request.ts'
import { writeResponse } from './write-response.ts'

/**
 * A plugin for the root of the server: takes what the app owns before Fastify parses a body, and leaves every other
 * route, parser and hook alone.
 */
export function mizan(app: Pick<App, 'owns' | 'answer'>): FastifyPluginCallback {
  const plugin: FastifyPluginCallback = (fastify, _, done) => {
    // Fastify knows which methods it routes at all; QUERY is one of ours.
    if (!fastify.supportedMethods.includes('QUERY'))
      fastify.addHttpMethod('QUERY', { hasBody: true })
    fastify.addHook('onRequest', (request, reply, next) => {
      const { path } = splitTarget(request.raw.url ?? '/')
      if (!app.owns(request.method, path)) return next()
      reply.hijack()
      void answer(app, request, reply)
    })
    done()
  }
  // Fastify gives each plugin a scope of its own; a hook that is to see the whole server must not have one.
  return Object.assign(plugin, {
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: '@mizan/fastify',
  })
}

/** Never rejects: what fails on the way to the client ends the connection. */
async function answer(
  app: Pick<App, 'answer'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  try {
    const answering = app.answer(toProtocolRequest(request, reply))
    const response = answering instanceof Promise ? await answering : answering
    const writing = writeResponse(reply, response)
    if (writing !== undefined) await writing
  } catch (error) {
    request.log.error(error)
    reply.raw.destroy()
  }
}
