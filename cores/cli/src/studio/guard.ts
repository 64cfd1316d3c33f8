/** Who may see the studio: whoever has its URL, from this machine, and no page of another origin. */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** What a request is allowed. */
export type Admission =
  | { readonly kind: 'page' }
  /** It came with the token of the URL: from now on a cookie stands for it. */
  | { readonly kind: 'enter'; readonly cookie: string }
  | { readonly kind: 'refused'; readonly status: 403 | 421; readonly reason: string }

/** What is asked of a request. */
export interface Visit {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  /** Of the URL. */
  readonly token: string | null
}

/** One studio's. */
export class Guard {
  readonly token: string = randomBytes(24).toString('base64url')
  readonly #secret = randomBytes(24).toString('base64url')
  readonly #port: number

  constructor(port: number) {
    this.#port = port
  }

  admit({ method, headers, token }: Visit): Admission {
    const { host, origin } = headers
    // A name that somebody else's server gives out may lead here (DNS rebinding): only our own are answered.
    const isOurs = (given: string): boolean =>
      given === `127.0.0.1:${this.#port}` || given === `localhost:${this.#port}`
    if (host === undefined || !isOurs(host)) return refused(421, 'This is not the host asked for')
    const isForeign = origin === undefined ? method === 'POST' : origin !== `http://${host}`
    const site = headers['sec-fetch-site']
    if (isForeign || (method === 'POST' && site !== undefined && site !== 'same-origin'))
      return refused(403, 'Pages of other origins get nothing here')
    if (token !== null && isSame(token, this.token))
      return { kind: 'enter', cookie: `${this.#cookieName}=${this.#secret}` }
    const given = cookiesOf(headers.cookie).get(this.#cookieName) ?? ''
    if (isSame(given, this.#secret)) return { kind: 'page' }
    return refused(403, 'Open the URL that mizan db studio has printed')
  }

  /** Cookies do not know ports. */
  get #cookieName(): string {
    return `mizan_studio_${this.#port}`
  }
}

function refused(status: 403 | 421, reason: string): Admission {
  return { kind: 'refused', status, reason }
}

/** In constant time, whatever the length. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}

function cookiesOf(header = ''): ReadonlyMap<string, string> {
  return new Map(
    header.split(';').map((part) => {
      const [name = '', ...value] = part.trim().split('=')
      return [name, value.join('=')] as const
    }),
  )
}
