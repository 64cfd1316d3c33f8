/** Whether an unsafe request was made by a page of ours, by what the browser itself says (PROTOCOL section 7). */

import { type Headers, MizanError, type ProtocolRequest } from '@mizan/protocol'

/** What counts as ours besides the request's own host. */
export interface SameOriginOptions {
  /** Origins as browsers write them: `https://app.example.com`. */
  readonly trustedOrigins: readonly string[]
  /** Cookies are `Secure`: a page over plain http is then none of ours, unless it is on this machine. */
  readonly secure: boolean
}

/**
 * Passes requests of our own pages and of programs that are no browsers.
 *
 * `Sec-Fetch-Site` decides where there is one: pages cannot forge it. Without it `Origin` decides, compared with `Host`;
 * `X-Forwarded-*` is never asked, as anybody may send it. With neither header no browser made the request, so nobody's
 * cookies were lent to it.
 *
 * @throws MizanError `FORBIDDEN`
 */
export function assertSameOrigin(request: ProtocolRequest, options: SameOriginOptions): void {
  const site = single(request.headers, 'sec-fetch-site')
  const origin = single(request.headers, 'origin')
  if (site === 'same-origin' || site === 'none') return
  if (origin !== undefined && options.trustedOrigins.includes(origin)) return
  if (site !== undefined) throw foreign(`Sec-Fetch-Site is "${shorten(site)}"`, origin)
  if (origin === undefined || isOurs(origin, request.headers, options.secure)) return
  if (isOurs(origin, request.headers, false)) {
    throw new MizanError(
      'FORBIDDEN',
      `the request comes from "${shorten(origin)}", which is plain http, while cookies are Secure: serve it by https, or develop with identity.cookie.secure: false`,
    )
  }
  throw foreign('it is not this host', origin)
}

const formEncodings: ReadonlySet<string> = new Set([
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
])

/** Whether the body is one that a plain HTML form of any site can send. */
export function isFormEncoded(request: ProtocolRequest): boolean {
  const type = single(request.headers, 'content-type') ?? ''
  return formEncodings.has((type.split(';')[0] ?? '').trim().toLowerCase())
}

/**
 * Checks `trustedOrigins` once, so that a trailing slash does not silently trust nothing.
 *
 * @throws TypeError
 */
export function assertOrigins(origins: readonly string[]): void {
  for (const origin of origins) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin || origin === 'null') {
      throw new TypeError(
        `identity.trustedOrigins must hold origins like "https://app.example.com", got "${shorten(origin)}"`,
      )
    }
  }
}

function isOurs(origin: string, headers: Headers, secure: boolean): boolean {
  // `null` is what sandboxed frames and redirects send: it could be anybody.
  if (origin === 'null' || !URL.canParse(origin)) return false
  const page = new URL(origin)
  const host = single(headers, 'host') ?? single(headers, ':authority')
  if (host === undefined || (page.protocol !== 'http:' && page.protocol !== 'https:')) return false
  if (secure && page.protocol === 'http:' && !isLoopback(page.hostname)) return false
  const own = `${page.protocol}//${host}`
  return page.origin === origin && URL.canParse(own) && new URL(own).origin === origin
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(?:\.\d{1,3}){3}$/.test(hostname)
  )
}

/** @throws MizanError `FORBIDDEN` when the header stands there twice. */
function single(headers: Headers, name: string): string | undefined {
  const value = headers[name]
  if (value === undefined || typeof value === 'string') return value
  if (value.length < 2) return value[0]
  throw new MizanError('FORBIDDEN', `the header ${name} was sent ${value.length} times`)
}

function foreign(reason: string, origin: string | undefined): MizanError {
  const from = origin === undefined ? 'another site' : `"${shorten(origin)}"`
  return new MizanError(
    'FORBIDDEN',
    `the request comes from ${from}: ${reason}; list an origin of yours in identity.trustedOrigins`,
  )
}

function shorten(text: string): string {
  return text.slice(0, 60)
}
