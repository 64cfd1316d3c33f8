/** Answers of view functions. */

import { MizanError } from '@mizan/protocol'

/** An HTML page. */
export function view(html: string, init: ResponseInit = {}): Response {
  const headers = new Headers(init.headers)
  if (!headers.has('content-type')) headers.set('content-type', 'text/html; charset=utf-8')
  const response = new Response(html, { ...init, headers })
  whole.add(response)
  return response
}

const whole = new WeakSet<Response>()

/** Whether everything that `response` depends on has been read: it was made from a text by {@link view}. */
export function isWhole(response: Response): boolean {
  return whole.has(response)
}

/**
 * A redirect; after a form 303 makes the browser GET.
 *
 * A text is a place on this site: what a visitor has put into it leads nobody away. Who means another site passes a `URL`.
 *
 * @param url path, query or both: `/tasks/5/`, `?page=2`; or `new URL('https://…')`
 * @throws MizanError `BAD_REQUEST` for a text that leads elsewhere (`https://…`, `//host`, `javascript:…`), or holds control
 *   characters: it came from a visitor. TypeError for a `URL` that is none of the web
 */
export function redirect(url: string | URL, status: 302 | 303 | 307 = 303): Response {
  const location = typeof url === 'string' ? toLocal(url) : toAbsolute(url)
  return new Response(null, { status, headers: { location } })
}

function toLocal(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what must not reach a header
  if (/[\u0000-\u001f\u007f]/.test(text))
    throw new MizanError('BAD_REQUEST', 'redirect: the URL holds control characters')
  // Browsers read a backslash as a slash, and whatever has a colon before its first slash as a scheme.
  if (/^\s|^[/\\]{2}|^[^/?#\\]*:/.test(text) || text.includes('\\')) {
    throw new MizanError(
      'BAD_REQUEST',
      `redirect("${text.slice(0, 60)}"): leads to another site; pass new URL(…) if it is meant to`,
    )
  }
  return encodeURI(text.toWellFormed()).replace(/%25([0-9A-Fa-f]{2})/g, '%$1')
}

function toAbsolute(url: URL): string {
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new TypeError(`redirect: ${url.protocol} is no place to lead a browser to`)
  return url.href
}
