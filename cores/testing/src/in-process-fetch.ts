/** `fetch` without a network: requests go straight to an app. */

import type { ProtocolRequest, ProtocolResponse } from '@mizan/protocol'
import type { App } from '@mizan/server'

/** Relative URLs have this origin. */
const origin = 'http://localhost'

/**
 * A `fetch` whose every request is answered by `app`, whatever host it names. Nothing is added to the request, so the
 * app sees a client that is no browser; redirects are given back, not followed.
 */
export function createInProcessFetch(app: Pick<App, 'handle'>): typeof fetch {
  return async (input, init) => {
    const request = new Request(typeof input === 'string' ? new URL(input, origin) : input, init)
    return toResponse(request, await app.handle(toProtocolRequest(request)))
  }
}

function toProtocolRequest(request: Request): ProtocolRequest {
  const { host, pathname, search } = new URL(request.url)
  return {
    method: request.method,
    path: pathname,
    query: search.slice(1),
    headers: { host, ...Object.fromEntries(request.headers) },
    body: request.body,
    signal: request.signal,
  }
}

function toResponse({ method }: Request, { status, headers, body }: ProtocolResponse): Response {
  const isEmpty = body === null || method === 'HEAD' || status === 204 || status === 304
  return new Response(isEmpty ? null : toBody(body), {
    status,
    headers: headers.map(([name, value]): [string, string] => [name, value]),
  })
}

function toBody(body: NonNullable<ProtocolResponse['body']>): BodyInit {
  if (typeof body === 'string') return body
  // A copy, as the bytes may be a view of something shared.
  if (body instanceof Uint8Array) return body.slice()
  const chunks = body[Symbol.asyncIterator]()
  return new ReadableStream({
    async pull(controller) {
      const next = await chunks.next()
      if (next.done === true) controller.close()
      else controller.enqueue(next.value)
    },
    async cancel() {
      await chunks.return?.()
    },
  })
}
