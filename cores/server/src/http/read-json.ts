/** Reads a JSON body: media type, size, syntax, depth, number of keys. */

import { Buffer, isUtf8 } from 'node:buffer'
import { MizanError } from '@mizan/protocol'
import type { Limits } from '../limits.ts'
import { mediaTypeOf } from '../request-view.ts'
import type { Incoming } from './handler.ts'

/**
 * The parsed body; what a backend's own parser read before is taken as it is. The bytes stay with the request, so that
 * the function may ask for them again.
 *
 * @throws MizanError `UNSUPPORTED_MEDIA_TYPE`, `PAYLOAD_TOO_LARGE`, `BAD_REQUEST`
 */
export function readJson(
  { request, exchange }: Incoming,
  limits: Required<Limits>,
): Promise<unknown> {
  const type = mediaTypeOf(request)
  if (type !== 'application/json') {
    throw new MizanError(
      'UNSUPPORTED_MEDIA_TYPE',
      `send application/json, got "${type.slice(0, 40)}"`,
    )
  }
  if (request.parsed !== undefined) return Promise.resolve(assertWithin(request.parsed, limits))
  return exchange.request.bytes().then((bytes) => parseJson(bytes, limits))
}

/**
 * JSON of bytes that came from outside.
 *
 * @throws MizanError `BAD_REQUEST`
 */
export function parseJson(bytes: Uint8Array, limits: Required<Limits>): unknown {
  const value = parse(bytes)
  // A level takes two bytes, and so does a key or an item: what is short enough can break neither bound.
  return bytes.byteLength <= 2 * Math.min(limits.depth, limits.keys)
    ? value
    : assertWithin(value, limits)
}

function parse(bytes: Uint8Array): unknown {
  // A decoder would put U+FFFD where bytes are broken; isUtf8 and Buffer also cost less than a fatal TextDecoder.
  if (!isUtf8(bytes)) throw new MizanError('BAD_REQUEST', 'the body is not JSON in UTF-8')
  try {
    return JSON.parse(toBuffer(bytes).toString()) as unknown
  } catch (cause) {
    throw new MizanError('BAD_REQUEST', 'the body is not JSON in UTF-8', { cause })
  }
}

function toBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/**
 * Walks with a list instead of the stack: JSON.parse accepts nesting that recursion would not survive.
 *
 * @throws MizanError `BAD_REQUEST`
 */
export function assertWithin(value: unknown, limits: Required<Limits>): unknown {
  let level: unknown[] = [value]
  let keys = 0
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limits.depth)
      throw new MizanError('BAD_REQUEST', `the body is nested deeper than ${limits.depth} levels`)
    const next: unknown[] = []
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue
      const children: readonly unknown[] = Array.isArray(item) ? item : Object.values(item)
      keys += children.length
      if (keys > limits.keys)
        throw new MizanError('BAD_REQUEST', `the body has more than ${limits.keys} keys and items`)
      for (const child of children)
        if (typeof child === 'object' && child !== null) next.push(child)
    }
    level = next
  }
  return value
}
