/** While a page is rendered, requests for Mizan go to where it runs, as the visitor's. */

/** What SvelteKit's hook `handleFetch` is given, as far as it matters here. */
export interface FetchInput {
  readonly event: { readonly url: URL; readonly request: Request }
  readonly request: Request
  readonly fetch: typeof fetch
}

/** Options of {@link forwardTo}. */
export interface ForwardToOptions {
  /** Path under which the server is mounted. @default '/api/mizan' */
  readonly base?: string
}

/** What says on whose behalf is asked, and in which language. */
const visitorHeaders = ['cookie', 'authorization', 'accept-language']

/**
 * Makes the hook `handleFetch` of `hooks.server.ts`, where Mizan is not mounted in SvelteKit itself:
 *
 *     export const handleFetch = forwardTo('http://127.0.0.1:3000')
 *
 * @param origin scheme, host and port; requests of this site below `base` go there, all others their way
 */
export function forwardTo(
  origin: string,
  { base = '/api/mizan' }: ForwardToOptions = {},
): (input: FetchInput) => Promise<Response> {
  return ({ event, request, fetch: send }) => {
    const { origin: asked, pathname, search } = new URL(request.url)
    if (asked !== event.url.origin || !pathname.startsWith(`${base}/`)) return send(request)
    const forwarded = new Request(origin + pathname + search, request)
    for (const name of visitorHeaders) {
      const value = event.request.headers.get(name)
      if (value !== null && !forwarded.headers.has(name)) forwarded.headers.set(name, value)
    }
    return fetch(forwarded)
  }
}
