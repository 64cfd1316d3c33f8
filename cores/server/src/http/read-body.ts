/** Reads a request body with a limit. */

import { MizanError, type ProtocolRequest } from '@mizan/protocol'

/**
 * The whole body.
 *
 * @throws MizanError `PAYLOAD_TOO_LARGE` above `limit` bytes, `UNSUPPORTED_MEDIA_TYPE` for a compressed body,
 *   `BAD_REQUEST` when the client left before the end.
 * @throws TypeError when somebody read the stream before
 */
export async function readBody(request: ProtocolRequest, limit: number): Promise<Uint8Array> {
  if (request.parsed !== undefined) {
    throw new TypeError(
      'the body was parsed before Mizan saw it: mount Mizan before express.json() where raw bytes are needed',
    )
  }
  if (request.body === null) return new Uint8Array(0)
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    throw new MizanError(
      'UNSUPPORTED_MEDIA_TYPE',
      `content-encoding "${String(encoding).slice(0, 20)}" is not accepted`,
    )
  }
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit)
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of request.body) {
      size += chunk.byteLength
      if (size > limit) throw tooLarge(limit)
      chunks.push(chunk)
    }
  } catch (cause) {
    // Nobody reads this answer, and a stranger who hangs up is nothing for the log.
    if (!request.signal.aborted) throw cause
    throw new MizanError('BAD_REQUEST', 'the client left before the end of the body', { cause })
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : concatenate(chunks, size)
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

function tooLarge(limit: number): MizanError {
  return new MizanError('PAYLOAD_TOO_LARGE', `the body is larger than ${limit} bytes`)
}
