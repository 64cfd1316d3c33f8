/** Builds responses; every one of them forbids HTTP caches. */

import {
  canonicalJson,
  type MizanError,
  type ProtocolResponse,
  type Target,
  toTargetBody,
} from '@mizan/protocol'

/** A response header. */
export type Header = readonly [name: string, value: string]

/** JSON text with the headers that every answer has. */
export function respondJson(
  status: number,
  body: string,
  headers: readonly Header[] = [],
): ProtocolResponse {
  return {
    status,
    headers: [['content-type', 'application/json'], ...common, ...headers],
    body,
  }
}

const common: readonly Header[] = [
  ['cache-control', 'no-store'],
  ['x-content-type-options', 'nosniff'],
]

/** A response without a body. */
export function respondEmpty(status: number, headers: readonly Header[] = []): ProtocolResponse {
  return { status, headers: [['cache-control', 'no-store'], ...headers], body: null }
}

/** The error envelope, with the targets of what was committed before the error. */
export function respondError(
  error: MizanError,
  targets: readonly Target[] = [],
  headers: readonly Header[] = [],
): ProtocolResponse {
  const invalidate = targets.length === 0 ? '' : `,"invalidate":${invalidateJson(targets)}`
  return respondJson(error.status, `{"error":${errorJson(error)}${invalidate}}`, headers)
}

/** The list under `invalidate`, keys sorted. */
export function invalidateJson(targets: readonly Target[]): string {
  return canonicalJson(targets.map(toTargetBody))
}

function errorJson(error: MizanError): string {
  const body = error.toBody()
  try {
    return canonicalJson(body)
  } catch {
    // Details that JSON has no form for must not turn an answer into none.
    return canonicalJson({ code: body.code, message: body.message.toWellFormed(), id: body.id })
  }
}

/**
 * A web `Response` as a neutral one. What it says of caching and of Mizan's own headers is replaced.
 */
export function fromWebResponse(response: Response, headers: readonly Header[]): ProtocolResponse {
  const own: Header[] = []
  response.headers.forEach((value, name) => {
    if (
      name !== 'cache-control' &&
      name !== 'vary' &&
      name !== 'set-cookie' &&
      !name.startsWith('x-mizan-')
    )
      own.push([name, value])
  })
  for (const cookie of response.headers.getSetCookie()) own.push(['set-cookie', cookie])
  return {
    status: response.status,
    headers: [...own, ['cache-control', 'no-store'], ...headers],
    // cast: Node's ReadableStream is async iterable; the DOM's type does not say so everywhere.
    body: response.body as AsyncIterable<Uint8Array> | null,
  }
}
