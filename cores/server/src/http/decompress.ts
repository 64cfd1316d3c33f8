/** Bodies that were compressed on the way, with a bound on what comes out of them. */

import type { Buffer } from 'node:buffer'
import { Readable, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { MizanError, type ProtocolRequest } from '@mizan/protocol'

const decoders: ReadonlyMap<string, () => Transform> = new Map([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
])

/** What `Accept-Encoding` says with a 415 (RFC 7694). */
export const acceptedEncodings = 'gzip, deflate, br'

/**
 * The chunks of a body as its sender had them. Both what comes in and what comes out end at `limit`, so that a small body
 * that grows without end, and a large one that shrinks to nothing, cost no more than a plain one.
 *
 * @throws MizanError `UNSUPPORTED_MEDIA_TYPE` for an encoding that is none of ours, and for two at once; while it is
 *   read `PAYLOAD_TOO_LARGE`, and `BAD_REQUEST` for bytes that are not of the encoding
 */
export function decompressed(
  request: ProtocolRequest,
  body: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncIterable<Uint8Array> {
  const encoding = request.headers['content-encoding']
  if (encoding === undefined || encoding === 'identity') return bounded(body, limit)
  const create = typeof encoding === 'string' ? decoders.get(encoding.toLowerCase()) : undefined
  if (create === undefined) {
    throw new MizanError(
      'UNSUPPORTED_MEDIA_TYPE',
      `content-encoding "${String(encoding).slice(0, 20)}" is not accepted, but ${acceptedEncodings}`,
    )
  }
  return bounded(inflated(bounded(body, limit), create()), limit)
}

async function* inflated(
  body: AsyncIterable<Uint8Array>,
  decoder: Transform,
): AsyncGenerator<Uint8Array> {
  const source = Readable.from(body, { objectMode: false })
  source.on('error', (error) => decoder.destroy(error))
  source.pipe(decoder)
  try {
    for await (const chunk of decoder) yield chunk as Buffer // cast: zlib gives bytes
  } catch (cause) {
    throw isZlibError(cause)
      ? new MizanError('BAD_REQUEST', 'the body is not of its content-encoding', { cause })
      : cause
  } finally {
    source.destroy()
    decoder.destroy()
  }
}

async function* bounded(
  body: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > limit) throw tooLarge(limit)
    yield chunk
  }
}

/** The answer to a body above the limit. */
export function tooLarge(limit: number): MizanError {
  return new MizanError('PAYLOAD_TOO_LARGE', `the body is larger than ${limit} bytes`)
}

function isZlibError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^(Z_|ERR_|ERR__|ERR_BROTLI)/.test(code) && !code.startsWith('ERR_STREAM')
}
