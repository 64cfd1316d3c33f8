/** Reads a request body with a limit. */

import { MizanError, type ProtocolRequest } from '@mizan/protocol'
import { decompressed, tooLarge } from './decompress.ts'

/**
 * The whole body, decompressed.
 *
 * @throws MizanError `PAYLOAD_TOO_LARGE` above `limit` bytes, `UNSUPPORTED_MEDIA_TYPE` for an encoding that is not
 *   known, `BAD_REQUEST` for one that is broken, and when the client left before the end.
 * @throws TypeError when somebody read the stream before
 */
export function readBody(request: ProtocolRequest, limit: number): Promise<Uint8Array> {
  const { body, headers, parsed } = request
  const isPlain = parsed === undefined && headers['content-encoding'] === undefined
  // Most bodies: a function that waits for three things would make a promise for each.
  return isPlain && body?.whole !== undefined && Number(headers['content-length'] ?? 0) <= limit
    ? readWhole(request, body.whole(limit), limit)
    : readBits(request, limit)
}

function readWhole(
  request: ProtocolRequest,
  reading: Promise<Uint8Array | undefined>,
  limit: number,
): Promise<Uint8Array> {
  return reading.then(
    (whole) => {
      if (whole === undefined) throw tooLarge(limit)
      return whole
    },
    (cause: unknown) => {
      throw asClientLeft(request, cause)
    },
  )
}

async function readBits(request: ProtocolRequest, limit: number): Promise<Uint8Array> {
  assertUnread(request)
  const { body, headers } = request
  if (body === null) return new Uint8Array(0)
  if (Number(headers['content-length'] ?? 0) > limit) throw tooLarge(limit)
  const isPlain = headers['content-encoding'] === undefined
  try {
    return await readChunks(isPlain ? body : decompressed(request, body, limit), limit)
  } catch (cause) {
    throw asClientLeft(request, cause)
  }
}

async function readChunks(body: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > limit) throw tooLarge(limit)
    chunks.push(chunk)
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : concatenate(chunks, size)
}

/** @throws TypeError when a parser before Mizan has taken the bytes. */
export function assertUnread(request: ProtocolRequest): void {
  if (request.parsed !== undefined) {
    throw new TypeError(
      'the body was parsed before Mizan saw it: mount Mizan before express.json() where raw bytes are needed',
    )
  }
}

/** The error to throw: nobody reads the answer of a client that hung up, and a stranger who does is nothing for the log. */
export function asClientLeft(request: ProtocolRequest, cause: unknown): unknown {
  if (!request.signal.aborted) return cause
  return new MizanError('BAD_REQUEST', 'the client left before the end of the body', { cause })
}

function concatenate(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.byteLength
  }
  return whole
}
