/** Reading `Cookie` without trusting it, and writing `Set-Cookie` for the two cookies of Mizan. */

import type { Headers } from '@mizan/protocol'

/** Browsers send at most 4 kB a cookie; a header beyond this was not made by one that means well. */
const maximumHeaderLength = 16_384

/** What stands in the header under one name: nothing, one value, or something that must not be believed. */
export type CookieReading =
  | { readonly state: 'absent' }
  | { readonly state: 'present'; readonly value: string }
  | { readonly state: 'refused' }

const absent: CookieReading = { state: 'absent' }
const refused: CookieReading = { state: 'refused' }

/**
 * Reads the cookie `name`. Given twice it is refused: one of the two was planted, perhaps from a sibling domain,
 * and nothing says which. So is everything in a header that is too long or holds control characters.
 */
export function readCookie(headers: Headers, name: string): CookieReading {
  const given = headers['cookie']
  if (given === undefined) return absent
  const header = typeof given === 'string' ? given : given.join('; ')
  if (!header.includes(name)) return absent
  if (header.length > maximumHeaderLength || hasControlCharacter(header)) return refused
  const values = header.split(';').flatMap((pair) => {
    const at = pair.indexOf('=')
    return at > 0 && pair.slice(0, at).trim() === name ? [pair.slice(at + 1).trim()] : []
  })
  const [value] = values
  if (value === undefined) return absent
  return values.length === 1 ? { state: 'present', value } : refused
}

/** A cookie of Mizan: what its attributes depend on. */
export interface CookieShape {
  /** Without the `__Host-` prefix. */
  readonly name: string
  /** `false` only for development over plain http: no prefix, no `Secure`. */
  readonly secure: boolean
}

/** The name as the browser knows it. `__Host-` binds the cookie to this very host: no sibling can plant one. */
export function cookieName(shape: CookieShape): string {
  return shape.secure ? `__Host-${shape.name}` : shape.name
}

/** A `Set-Cookie` value; `maxAge` in seconds, 0 clears, absent lives as long as the browser's session. */
export function formatCookie(shape: CookieShape, value: string, maxAge?: number): string {
  if (!/^[\w.-]*$/.test(value))
    throw new TypeError('a cookie value must be of base64url, dots and hyphens')
  const age = maxAge === undefined ? '' : `; Max-Age=${maxAge}`
  return `${cookieName(shape)}=${value}; Path=/${age}; HttpOnly; SameSite=Lax${shape.secure ? '; Secure' : ''}`
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 0x20 || code === 0x7f) return true
  }
  return false
}
