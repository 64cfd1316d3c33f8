/** Requests on their way to the origin, and its answers on their way to the client: which headers pass. */

import { headerNames, MizanError, toErrorBody } from '@mizan/protocol'

/** How the edge came by an answer; the value of `X-Mizan-Edge`. */
export type EdgeOutcome = 'hit' | 'miss' | 'pass' | 'stale'

const allowed: readonly string[] = [
  headerNames.token,
  headerNames.mounted,
  headerNames.artifact,
  headerNames.call,
]
/** What proxies say of a client and its request; some servers read underscores as hyphens. */
const forwarded =
  /^(?:x[-_]forwarded(?:[-_].*)?|forwarded|x[-_]original[-_]url|x[-_]rewrite[-_]url)$/
/** The edge answers conditions itself: a 304 or a part cannot be kept. */
const conditions = [
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'range',
]

/** Where a request goes. */
export interface ForwardOptions {
  readonly origin: string
  /** Path and query; the request's own by default. */
  readonly target?: string
  /** Whether conditions of the client stay behind. */
  readonly unconditional?: boolean
}

/**
 * Asks the origin. Headers with which a client could pose as the edge do not pass, and the forwarding headers are the
 * edge's own; credentials pass always.
 *
 * @throws when the origin cannot be reached.
 */
export function forward(request: Request, options: ForwardOptions): Promise<Response> {
  const url = new URL(request.url)
  const headers = new Headers(request.headers)
  for (const name of [...headers.keys()]) {
    const isOurs = /^x[-_]mizan[-_]/.test(name) && !allowed.includes(name)
    if (isOurs || forwarded.test(name)) headers.delete(name)
  }
  if (options.unconditional) for (const name of conditions) headers.delete(name)
  const client = headers.get('cf-connecting-ip')
  if (client !== null) headers.set('x-forwarded-for', client)
  headers.set('x-forwarded-host', url.host)
  headers.set('x-forwarded-proto', url.protocol.slice(0, -1))
  const target = options.origin + (options.target ?? url.pathname + url.search)
  return fetch(new Request(new Request(target, request), { headers, redirect: 'manual' }))
}

/** What becomes of an origin's answer. */
export interface AnswerOptions {
  readonly outcome: EdgeOutcome
  /** Whether it is an answer of Mizan's own endpoints. */
  readonly isProtocol: boolean
  /** Whether purging could not be done before the answer. */
  readonly isDeferred?: boolean
}

/** The answer as the client gets it. */
export function toClient(response: Response, options: AnswerOptions): Response {
  // A socket's answer cannot be made anew.
  if (response.status === 101) return response
  const answer = new Response(response.body, response)
  answer.headers.delete(headerNames.cache)
  answer.headers.set('x-mizan-edge', options.outcome)
  if (options.isProtocol) answer.headers.set('cache-control', 'no-store')
  if (options.isDeferred) answer.headers.set(headerNames.purge, 'deferred')
  return answer
}

/** `304` when the client has this answer already, otherwise the answer. */
export function toConditional(request: Request, answer: Response): Response {
  const known = request.headers.get('if-none-match')
  const etag = answer.headers.get('etag')
  if (known === null || etag === null || answer.status !== 200) return answer
  const isKnown = known
    .split(',')
    .some((one) => one.trim() === '*' || withoutWeakness(one.trim()) === withoutWeakness(etag))
  if (!isKnown) return answer
  void answer.body?.cancel()
  const headers = new Headers(answer.headers)
  headers.delete('content-type')
  headers.delete('content-length')
  return new Response(null, { status: 304, headers })
}

/** The answer when there is none. */
export function unreachable(): Response {
  const error = new MizanError('UNAVAILABLE', 'The server cannot be reached')
  return Response.json({ error: toErrorBody(error) }, { status: error.status })
}

function withoutWeakness(etag: string): string {
  return etag.startsWith('W/') ? etag.slice(2) : etag
}
