/** Writes a neutral response to a node:http response. */

import type { ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { ProtocolResponse } from '@mizan/protocol'

/**
 * Writes headers and body, a streamed one no faster than the client reads. Headers that others set before stay, cookies
 * add to theirs. When a stream fails after the headers have left, the socket is destroyed: the client must not take
 * half an answer for a whole one.
 */
export async function writeResponse(
  res: ServerResponse,
  response: ProtocolResponse,
): Promise<void> {
  const { body } = response
  res.statusCode = response.status
  writeHeaders(res, response.headers)
  if (body === null || typeof body === 'string' || body instanceof Uint8Array) {
    if (mayHaveBody(response.status)) res.setHeader('content-length', lengthOf(body))
    // A string leaves in one write with the headers, bytes take a second one. Node omits the body for HEAD itself.
    res.end(body ?? undefined)
    return
  }
  if (res.req.method === 'HEAD' || !mayHaveBody(response.status)) {
    res.end()
    await body[Symbol.asyncIterator]().return?.()
    return
  }
  // The first chunk of a stream may be long in coming, its headers need not be.
  res.flushHeaders()
  await pipeline(body, res).catch((error: unknown) => {
    res.destroy()
    // A client that left is no failure of ours.
    if (!isPrematureClose(error)) throw error
  })
}

function lengthOf(body: string | Uint8Array | null): number {
  return body === null ? 0 : Buffer.byteLength(body)
}

function writeHeaders(res: ServerResponse, headers: ProtocolResponse['headers']): void {
  const written = new Set(['set-cookie'])
  for (const [name, value] of headers) {
    if (written.has(name)) res.appendHeader(name, value)
    else res.setHeader(name, value)
    written.add(name)
  }
}

function mayHaveBody(status: number): boolean {
  return status !== 204 && status !== 304
}

function isPrematureClose(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'
}
