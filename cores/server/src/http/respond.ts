/** Builds responses; every one of them forbids HTTP caches. */

import {
  canonicalJson,
  type MizanError,
  type ProtocolResponse,
  type Target,
  toErrorBody,
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
  return { status, headers: headers.length === 0 ? ofJson : [...ofJson, ...headers], body }
}

const ofJson: readonly Header[] = Object.freeze([
  ['content-type', 'application/json'],
  ['cache-control', 'no-store'],
  ['x-content-type-options', 'nosniff'],
] as const)

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

/** What stands under `error`, keys sorted. */
export function errorJson(error: MizanError): string {
  const body = toErrorBody(error)
  try {
    return canonicalJson(body)
  } catch {
    // Details that JSON has no form for must not turn an answer into none.
    return canonicalJson({ code: body.code, message: body.message.toWellFormed(), id: body.id })
  }
}

/** What a `Response` may say, but its answer must not: caching is ours, the connection is the backend's. */
const dropped: ReadonlySet<string> = new Set([
  'cache-control',
  'connection',
  'content-length',
  'keep-alive',
  'set-cookie',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'vary',
])

/**
 * A web `Response` as a neutral one. What it says of caching and of Mizan's own headers is replaced.
 *
 * @param onFailure called when the body fails half way; whoever reads it is told as well
 * @throws TypeError for a response that was sent or read before, and for `Response.error()`
 */
export function fromWebResponse(
  response: Response,
  headers: readonly Header[],
  onFailure: (error: unknown) => void,
): ProtocolResponse {
  if (response.bodyUsed || response.body?.locked === true)
    throw new TypeError('the Response was read before; make a new one for each request')
  if (response.status < 200) throw new TypeError('Response.error() cannot be sent')
  const own: Header[] = []
  response.headers.forEach((value, name) => {
    if (!dropped.has(name) && !name.startsWith('x-mizan-')) own.push([name, value])
  })
  for (const cookie of response.headers.getSetCookie()) own.push(['set-cookie', cookie])
  return {
    status: response.status,
    headers: [...own, ['cache-control', 'no-store'], ...headers],
    body: response.body === null ? null : watched(response.body, onFailure),
  }
}

function watched(
  body: ReadableStream<Uint8Array>,
  onFailure: (error: unknown) => void,
): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const chunks = body[Symbol.asyncIterator]()
      return {
        async next() {
          try {
            return await chunks.next()
          } catch (error) {
            onFailure(error)
            throw error
          }
        },
        async return() {
          await chunks.return?.()
          return { done: true, value: undefined }
        },
      }
    },
  }
}
