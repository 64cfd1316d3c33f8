/** From a neutral request to a neutral response. */

import {
  headerNames,
  MizanError,
  type ProtocolRequest,
  type ProtocolResponse,
} from '@mizan/protocol'
import type { Engine } from '../dispatch/engine.ts'
import { toPublicError } from '../dispatch/public-error.ts'
import { createRequestView } from '../request-view.ts'
import { createResponseEditor } from '../response-editor.ts'
import type { Exchange } from '../scope.ts'
import { admitCaller } from './admit-caller.ts'
import { handleCall, handleValidate } from './handle-call.ts'
import { handleContext } from './handle-context.ts'
import { handleView } from './handle-view.ts'
import { type Endpoint, endpointMethods, parseEndpoint } from './endpoint.ts'
import { type Header, respondError, respondJson } from './respond.ts'

/** Answers one request; never rejects. */
export async function handleRequest(
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
    const exchange = await createExchange(engine, request)
    const response = await route(engine, base, { request, exchange }).catch((error: unknown) =>
      respondFailure(engine, error),
    )
    return withCookies(response, exchange)
  } catch (error) {
    return respondFailure(engine, error)
  }
}

function respondFailure(engine: Engine, error: unknown): ProtocolResponse {
  const known = toPublicError(error, engine.logger)
  return respondError(known, [], allowHeader(known))
}

/** A request together with what its runs share. */
export interface Incoming {
  readonly request: ProtocolRequest
  readonly exchange: Exchange
}

async function route(engine: Engine, base: string, incoming: Incoming): Promise<ProtocolResponse> {
  const { request } = incoming
  const inside = request.path === base || request.path.startsWith(`${base}/`)
  const view = inside ? undefined : engine.registry.routes.find(request.method, request.path)
  if (view !== undefined) {
    await admitCaller(engine, incoming, view.entry)
    return handleView(engine, incoming, view)
  }
  const endpoint = inside ? parseEndpoint(request.path.slice(base.length)) : undefined
  if (endpoint === undefined) throw new MizanError('NOT_FOUND', 'No such endpoint')
  const method = effectiveMethod(request, endpoint)
  const allowed = endpointMethods[endpoint.kind]
  if (!allowed.includes(method)) {
    throw new MizanError('METHOD_NOT_ALLOWED', `use ${allowed.join(' or ')}`, {
      details: { allow: allowed },
    })
  }
  // Whether a call looks at its caller depends on the function, which its body may name.
  if (endpoint.kind !== 'call' && endpoint.kind !== 'validate') await admitCaller(engine, incoming)
  switch (endpoint.kind) {
    case 'session':
      return handleSession(engine, incoming)
    case 'context':
      return handleContext(engine, incoming, endpoint.name)
    case 'call':
      return handleCall(engine, incoming, endpoint.fn)
    case 'validate':
      return handleValidate(engine, incoming, endpoint.fn)
  }
}

/** POST with `X-HTTP-Method-Override: QUERY` is a QUERY, for contexts only. */
function effectiveMethod(request: ProtocolRequest, endpoint: Endpoint): string {
  const override = request.headers['x-http-method-override']
  return endpoint.kind === 'context' && request.method === 'POST' && override === 'QUERY'
    ? 'QUERY'
    : request.method
}

async function createExchange(engine: Engine, request: ProtocolRequest): Promise<Exchange> {
  const anonymous = { principal: undefined, sessionId: undefined, viaHeader: false, setCookies: [] }
  const identified =
    engine.identity === undefined ? anonymous : await engine.identity.recognise(request)
  return {
    principal: identified.principal,
    identified,
    request: createRequestView(request, { bodyLimit: engine.limits.body }),
    response: createResponseEditor(),
    container: engine.container,
    sessionChange: undefined,
    sessionCookie: undefined,
  }
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

function allowHeader(error: MizanError): Header[] {
  const { allow } = (error.details ?? {}) as { allow?: readonly string[] } // cast: set above, absent elsewhere
  return error.code === 'METHOD_NOT_ALLOWED' && Array.isArray(allow)
    ? [['allow', allow.join(', ')]]
    : []
}
