/** The name of a body: what `ETag` says of a context, and what `If-None-Match` is compared with. */

import { hash } from 'node:crypto'

/** The tag, with its quotes. */
export function etagOf(body: string): string {
  return `"${hash('sha256', body, 'base64url').slice(0, 22)}"`
}

/** Weak comparison, as RFC 9110 section 13.1.2 asks for `If-None-Match`. */
export function isNoneMatch(header: string | undefined, etag: string): boolean {
  return (
    header !== undefined &&
    header.split(',').some((part) => {
      const given = part.trim()
      return given === '*' || given.replace(/^W\//, '') === etag
    })
  )
}
