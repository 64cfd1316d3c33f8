/** From a neutral request to a neutral response. */

import {
  headerNames,
  intercept,
  MizanError,
  type ProtocolRequest,
  type ProtocolResponse,
} from '@mizan/protocol'
import type { Engine } from '../dispatch/engine.ts'
import { toPublicError } from '../dispatch/public-error.ts'
import type { RequestScope } from '../plugin.ts'
import type { Exchange } from '../scope.ts'
import { admitCaller } from './admit-caller.ts'
import { allowOrigin, answerPreflight } from './cors.ts'
import { createExchange } from './create-exchange.ts'
import { errorHeaders } from './error-headers.ts'
import { handleCall, handleValidate } from './handle-call.ts'
import { handleContext } from './handle-context.ts'
import { handleEvents, handleTicket } from './handle-events.ts'
import { handleLive } from './handle-live.ts'
import { handleSchema } from './handle-schema.ts'
import { handleView } from './handle-view.ts'
import { type Endpoint, endpointMethods, parseEndpoint } from './endpoint.ts'
import { type Header, respondError, respondJson } from './respond.ts'

/** Endpoints that settle themselves who calls, as that depends on what is called. */
const namesFunction: ReadonlySet<Endpoint['kind']> = new Set(['call', 'validate', 'schema'])

/** Answers one request; never rejects. */
export function handleRequest(
  engine: Engine,
  base: string,
  request: ProtocolRequest,
): Promise<ProtocolResponse> {
  const answer = respond(engine, base, request)
  return request.headers['origin'] === undefined
    ? answer
    : answer.then((response) => allowOrigin(engine, request, response))
}

async function respond(
  engine: Engine,
  base: string,
  request: ProtocolRequest,
): Promise<ProtocolResponse> {
  try {
    if (request.query.length > engine.limits.query) {
      throw new MizanError(
        'PAYLOAD_TOO_LARGE',
        `the query is longer than ${engine.limits.query} bytes; use QUERY with a body`,
      )
    }
    const preflight = answerPreflight(engine, base, request)
    if (preflight !== undefined) return preflight
    const exchange = await createExchange(engine, request)
    const incoming: Incoming = { base, request, exchange }
    const response = await admitted(engine, incoming).catch((error: unknown) =>
      respondFailure(engine, error),
    )
    return withCookies(response, exchange)
  } catch (error) {
    return respondFailure(engine, error)
  }
}

function respondFailure(engine: Engine, error: unknown): ProtocolResponse {
  const known = toPublicError(error, engine.logger)
  return respondError(known, [], errorHeaders(known))
}

/** A request together with what its runs share. */
export interface Incoming {
  /** Where the endpoints stand. */
  readonly base: string
  readonly request: ProtocolRequest
  readonly exchange: Exchange
}

/** Inside what plugins put around requests; most apps have nothing there. */
function admitted(engine: Engine, incoming: Incoming): Promise<ProtocolResponse> {
  return engine.requestLayers.length === 0
    ? route(engine, incoming)
    : insideLayers(engine, incoming)
}

async function insideLayers(engine: Engine, incoming: Incoming): Promise<ProtocolResponse> {
  const { base, request, exchange } = incoming
  const added: Header[] = []
  const scope: RequestScope = {
    base,
    request,
    principal: exchange.principal,
    addHeaders: (headers) => void added.push(...headers),
  }
  const response = await intercept(engine.requestLayers, scope, async () =>
    route(engine, incoming).catch((error: unknown) => respondFailure(engine, error)),
  ).catch((error: unknown) => respondFailure(engine, error))
  return { ...response, headers: [...response.headers, ...added] }
}

async function route(engine: Engine, incoming: Incoming): Promise<ProtocolResponse> {
  const { base, request } = incoming
  const inside = request.path === base || request.path.startsWith(`${base}/`)
  const view = inside ? undefined : engine.registry.routes.find(request.method, request.path)
  if (view !== undefined) {
    await admitCaller(engine, incoming, view.entry)
    return handleView(engine, incoming, view)
  }
  const endpoint = inside ? parseEndpoint(request.path.slice(base.length)) : undefined
  if (endpoint === undefined)
    throw noEndpoint(inside ? [] : engine.registry.routes.methodsOf(request.path))
  const method = effectiveMethod(request, endpoint)
  const allowed = endpointMethods[endpoint.kind]
  if (!allowed.includes(method)) throw noEndpoint(allowed)
  // Whether a call looks at its caller depends on the function, which its body may name.
  if (!namesFunction.has(endpoint.kind)) await admitCaller(engine, incoming)
  switch (endpoint.kind) {
    case 'session':
      return handleSession(engine, incoming)
    case 'context':
      return handleContext(engine, incoming, endpoint.name)
    case 'call':
      return handleCall(engine, incoming, endpoint.fn)
    case 'validate':
      return handleValidate(engine, incoming, endpoint.fn)
    case 'schema':
      return handleSchema(engine, incoming, endpoint.fn)
    case 'live':
      return handleLive(engine, incoming)
    case 'events':
      return method === 'POST' ? handleTicket(engine, incoming) : handleEvents(engine, incoming)
  }
}

/** 405 where another method would have been answered. */
function noEndpoint(allow: readonly string[]): MizanError {
  return allow.length === 0
    ? new MizanError('NOT_FOUND', 'No such endpoint')
    : new MizanError('METHOD_NOT_ALLOWED', `use ${allow.join(' or ')}`, { details: { allow } })
}

/** POST with `X-HTTP-Method-Override: QUERY` is a QUERY, for contexts only. */
function effectiveMethod(request: ProtocolRequest, endpoint: Endpoint): string {
  const override = request.headers['x-http-method-override']
  return endpoint.kind === 'context' && request.method === 'POST' && override === 'QUERY'
    ? 'QUERY'
    : request.method
}

function handleSession(engine: Engine, { request, exchange }: Incoming): ProtocolResponse {
  if (engine.identity === undefined)
    throw new MizanError('NOT_IMPLEMENTED', 'this app has no identity: createApp({ identity })')
  const { token, setCookie } = engine.identity.csrfToken(request, exchange.identified)
  return respondJson(
    200,
    JSON.stringify({ csrf: token }),
    setCookie === undefined ? [] : [['set-cookie', setCookie]],
  )
}

function withCookies(response: ProtocolResponse, exchange: Exchange): ProtocolResponse {
  const { sessionCookie } = exchange
  const cookies = sessionCookie === undefined ? exchange.identified.setCookies : [sessionCookie]
  // Somebody else asks from now on: what a client holds was for whoever asked before.
  const changed: Header[] = sessionCookie === undefined ? [] : [[headerNames.session, 'changed']]
  const headers = [
    ...exchange.response.headers,
    ...changed,
    ...cookies.map((cookie): Header => ['set-cookie', cookie]),
  ]
  return headers.length === 0
    ? response
    : { ...response, headers: [...response.headers, ...headers] }
}
