/** Writes a neutral response to a node:http response. */

import type { ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { ProtocolResponse } from '@mizan/protocol'

/**
 * Writes headers and body, a streamed one no faster than the client reads. Headers that others set before stay, cookies
 * add to theirs. When a stream fails after the headers have left, the socket is destroyed: the client must not take
 * half an answer for a whole one.
 *
 * @returns a promise for a stream; anything else is handed over at once
 */
export function writeResponse(
  res: ServerResponse,
  response: ProtocolResponse,
): Promise<void> | undefined {
  const { status, headers, body } = response
  if (body !== null && typeof body !== 'string' && !(body instanceof Uint8Array)) {
    writeHead(res, status, headers)
    return writeStream(res, status, body)
  }
  const length: Header = ['content-length', String(body === null ? 0 : Buffer.byteLength(body))]
  writeHead(res, status, mayHaveBody(status) ? [...headers, length] : headers)
  // A string leaves in one write with the headers, bytes take a second one. Node omits the body for HEAD itself.
  res.end(body ?? undefined)
  return undefined
}

type Header = ProtocolResponse['headers'][number]

function writeHead(res: ServerResponse, status: number, headers: readonly Header[]): void {
  if (res.getHeaderNames().length === 0) res.writeHead(status, toList(headers))
  else {
    addHeaders(res, headers)
    res.statusCode = status
  }
}

async function writeStream(
  res: ServerResponse,
  status: number,
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  if (res.req.method === 'HEAD' || !mayHaveBody(status)) {
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

/** Names and values in turn, which node:http writes as they come, a repeated name on a line of its own. */
function toList(headers: readonly Header[]): string[] {
  const list: string[] = []
  for (const [name, value] of headers) list.push(name, value)
  return list
}

function addHeaders(res: ServerResponse, headers: readonly Header[]): void {
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
