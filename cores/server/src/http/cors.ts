/**
 * CORS for `identity.trustedOrigins`: their pages may read what endpoints answer, with cookies. Nobody else's may, and no
 * answer ever says `*`.
 *
 * There is no `Vary: Origin`, as there is no `Vary` at all: every answer is `no-store`, so no cache of HTTP keeps one that
 * another origin could get. What an edge or a CDN may keep is said in `X-Mizan-Cache` and `CDN-Cache-Control`, which such an answer lacks.
 */

import { headerNames, type ProtocolRequest, type ProtocolResponse } from '@mizan/protocol'
import type { Engine } from '../dispatch/engine.ts'
import { endpointMethods, parseEndpoint } from './endpoint.ts'
import { type Header, respondEmpty } from './respond.ts'

const sendable = [
  'authorization',
  'content-encoding',
  'content-type',
  'idempotency-key',
  'if-none-match',
  'x-http-method-override',
  headerNames.artifact,
  headerNames.call,
  headerNames.mounted,
  headerNames.token,
].join(', ')

const readable = [
  'etag',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  headerNames.changed,
  headerNames.invalidate,
  headerNames.purge,
  headerNames.replayed,
  headerNames.session,
  headerNames.tags,
].join(', ')

/** Seconds that a browser remembers a preflight; no browser keeps one longer. */
const remembered = '7200'

/** The answer to a preflight for an endpoint; `undefined` for every other request. */
export function answerPreflight(
  engine: Engine,
  base: string,
  request: ProtocolRequest,
): ProtocolResponse | undefined {
  if (request.method !== 'OPTIONS' || !request.path.startsWith(`${base}/`)) return undefined
  if (request.headers['access-control-request-method'] === undefined) return undefined
  const endpoint = parseEndpoint(request.path.slice(base.length))
  if (endpoint === undefined) return undefined
  // The method override makes a POST of what a context takes by QUERY.
  const methods = new Set([
    ...endpointMethods[endpoint.kind],
    ...(endpoint.kind === 'context' ? ['POST'] : []),
  ])
  if (trustedOrigin(engine, request) === undefined) return respondEmpty(204)
  return respondEmpty(204, [
    ['access-control-allow-methods', [...methods].join(', ')],
    ['access-control-allow-headers', sendable],
    ['access-control-max-age', remembered],
  ])
}

/** The answer, readable for a page of a trusted origin. */
export function allowOrigin(
  engine: Engine,
  request: ProtocolRequest,
  response: ProtocolResponse,
): ProtocolResponse {
  const origin = trustedOrigin(engine, request)
  if (origin === undefined) return response
  const headers: Header[] = [
    ...response.headers.filter(
      ([name]) => name !== headerNames.cache && name !== 'cdn-cache-control',
    ),
    ['access-control-allow-origin', origin],
    ['access-control-allow-credentials', 'true'],
    ['access-control-expose-headers', readable],
  ]
  return { ...response, headers }
}

function trustedOrigin({ origins }: Engine, request: ProtocolRequest): string | undefined {
  const origin = request.headers['origin']
  return typeof origin === 'string' && origins.trustedOrigins.includes(origin) ? origin : undefined
}
