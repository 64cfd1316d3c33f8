/** Answers of view functions. */

/** An HTML page. */
export function view(html: string, init: ResponseInit = {}): Response {
  const headers = new Headers(init.headers)
  if (!headers.has('content-type')) headers.set('content-type', 'text/html; charset=utf-8')
  return new Response(html, { ...init, headers })
}

/**
 * A redirect; after a form 303 makes the browser GET.
 *
 * @param url absolute or relative; control characters are refused
 */
export function redirect(url: string, status: 302 | 303 | 307 = 303): Response {
  // oxlint-disable-next-line no-control-regex -- these are what must not reach a header
  if (/[\u0000-\u001f\u007f]/.test(url))
    throw new TypeError('redirect: the URL holds control characters')
  return new Response(null, {
    status,
    headers: { location: encodeURI(url).replace(/%25([0-9A-Fa-f]{2})/g, '%$1') },
  })
}
