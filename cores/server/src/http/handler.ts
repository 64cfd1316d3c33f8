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
import { andThen, orElse, type Soon } from '../soon.ts'
import { admitCaller } from './admit-caller.ts'
import { allowOrigin, answerPreflight } from './cors.ts'
import { createExchange, recognise } from './create-exchange.ts'
import { errorHeaders } from './error-headers.ts'
import { handleCall, handleValidate } from './handle-call.ts'
import { handleContext } from './handle-context.ts'
import { handleEvents, handleTicket } from './handle-events.ts'
import { handleLive } from './handle-live.ts'
import { handleSchema } from './handle-schema.ts'
import { handleView } from './handle-view.ts'
import { type Endpoint, endpointMethods, parseEndpoint } from './endpoint.ts'
import { type Header, respondError, respondJson } from './respond.ts'
import { isNavigation, respondErrorPage } from './respond-error-page.ts'

/** Endpoints that settle themselves who calls, as that depends on what is called. */
const namesFunction: ReadonlySet<Endpoint['kind']> = new Set(['call', 'validate', 'schema'])

/** Answers one request; never fails. */
export function handleRequest(
  engine: Engine,
  base: string,
  request: ProtocolRequest,
): Soon<ProtocolResponse> {
  const answer = orElse(
    () => respond(engine, base, request),
    (error) => respondFailure(engine, error),
  )
  return request.headers['origin'] === undefined
    ? answer
    : andThen(answer, (response) => allowOrigin(engine, request, response))
}

function respond(engine: Engine, base: string, request: ProtocolRequest): Soon<ProtocolResponse> {
  if (request.query.length > engine.limits.query) {
    throw new MizanError(
      'PAYLOAD_TOO_LARGE',
      `the query is longer than ${engine.limits.query} bytes; use QUERY with a body`,
    )
  }
  const preflight = answerPreflight(engine, base, request)
  if (preflight !== undefined) return preflight
  return andThen(recognise(engine, request), (identified) => {
    const exchange = createExchange(engine, request, identified)
    const incoming: Incoming = { base, request, exchange }
    const answer = orElse(
      () =>
        engine.requestLayers.length === 0
          ? route(engine, incoming)
          : insideLayers(engine, incoming),
      // Cookies come with failures too.
      (error) => respondFailure(engine, error),
    )
    return andThen(answer, (response) => withCookies(response, exchange))
  })
}

function respondFailure(engine: Engine, error: unknown): ProtocolResponse {
  const known = toPublicError(error, engine.logger)
  return respondError(known, [], errorHeaders(known))
}

/** The same for a person. */
function failPage(engine: Engine, error: unknown): ProtocolResponse {
  const known = toPublicError(error, engine.logger)
  return respondErrorPage(known, errorHeaders(known), engine.errorPage)
}

/** A request together with what its runs share. */
export interface Incoming {
  /** Where the endpoints stand. */
  readonly base: string
  readonly request: ProtocolRequest
  readonly exchange: Exchange
}

/** Inside what plugins put around requests. */
async function insideLayers(engine: Engine, incoming: Incoming): Promise<ProtocolResponse> {
  const { base, request, exchange } = incoming
  const added: Header[] = []
  const scope: RequestScope = {
    base,
    request,
    principal: exchange.principal,
    addHeaders: (headers) => void added.push(...headers),
  }
  const answer = async (): Promise<ProtocolResponse> => route(engine, incoming)
  const fail = (error: unknown): ProtocolResponse => respondFailure(engine, error)
  let response: ProtocolResponse
  try {
    response = await intercept(engine.requestLayers, scope, () => answer().catch(fail))
  } catch (error) {
    response = fail(error)
  }
  return { ...response, headers: [...response.headers, ...added] }
}

function route(engine: Engine, incoming: Incoming): Soon<ProtocolResponse> {
  const { base, request } = incoming
  const { method, path } = request
  const isInside =
    path.startsWith(base) && (path.length === base.length || path[base.length] === '/')
  const view = isInside ? undefined : engine.registry.routes.find(method, path)
  if (view !== undefined) {
    const answer = (): Soon<ProtocolResponse> =>
      andThen(admitCaller(engine, incoming, view.entry), () => handleView(engine, incoming, view))
    return isNavigation(request) ? orElse(answer, (error) => failPage(engine, error)) : answer()
  }
  const endpoint = isInside ? parseEndpoint(path.slice(base.length)) : undefined
  if (endpoint === undefined)
    throw noEndpoint(isInside ? [] : engine.registry.routes.methodsOf(path))
  const allowed = endpointMethods[endpoint.kind]
  if (!allowed.includes(effectiveMethod(request, endpoint))) throw noEndpoint(allowed)
  // Whether a call looks at its caller depends on the function, which its body may name.
  const admitting = namesFunction.has(endpoint.kind) ? undefined : admitCaller(engine, incoming)
  return andThen(admitting, () => handleEndpoint(engine, incoming, endpoint))
}

function handleEndpoint(
  engine: Engine,
  incoming: Incoming,
  endpoint: Endpoint,
): Soon<ProtocolResponse> {
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
      return incoming.request.method === 'POST'
        ? handleTicket(engine, incoming)
        : handleEvents(engine, incoming)
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
  return endpoint.kind === 'context' &&
    request.method === 'POST' &&
    request.headers['x-http-method-override'] === 'QUERY'
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
  const { sessionCookie, identified } = exchange
  const added = exchange.response.headers
  if (added.length + identified.setCookies.length === 0 && sessionCookie === undefined)
    return response
  const cookies = sessionCookie === undefined ? identified.setCookies : [sessionCookie]
  // Somebody else asks from now on: what a client holds was for whoever asked before.
  const changed: Header[] = sessionCookie === undefined ? [] : [[headerNames.session, 'changed']]
  const headers = [
    ...response.headers,
    ...added,
    ...changed,
    ...cookies.map((cookie): Header => ['set-cookie', cookie]),
  ]
  return { ...response, headers }
}
