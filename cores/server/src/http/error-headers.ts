/** What some errors say in a header as well. */

import { type MizanError, tokenErrors } from '@mizan/protocol'
import { acceptedEncodings } from './decompress.ts'
import type { Header } from './respond.ts'

/**
 * `Allow` with a 405, `Accept-Encoding` with a 415 (RFC 7694), `WWW-Authenticate` where a token was refused (RFC 6750),
 * `Retry-After` where `details.retryAfter` is in seconds.
 */
export function errorHeaders({ code, details }: MizanError): readonly Header[] {
  if (code === 'UNSUPPORTED_MEDIA_TYPE') return [['accept-encoding', acceptedEncodings]]
  if (typeof details !== 'object' || details === null) return []
  const {
    allow,
    code: reason,
    retryAfter,
  } = details as {
    readonly allow?: unknown
    readonly code?: unknown
    readonly retryAfter?: unknown
  } // cast: looked at below
  if (code === 'METHOD_NOT_ALLOWED' && Array.isArray(allow)) return [['allow', allow.join(', ')]]
  if (code === 'UNAUTHORIZED' && typeof reason === 'string' && Object.hasOwn(tokenErrors, reason))
    return [['www-authenticate', 'Bearer error="invalid_token"']]
  return typeof retryAfter === 'number' ? [['retry-after', String(Math.ceil(retryAfter))]] : []
}
