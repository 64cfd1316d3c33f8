/** Which requests may be answered from the cache: a GET of a context or a page that has one canonical reading. */

import { headerNames, type Manifest, type ManifestContext } from '@mizan/protocol'
import { matchPage, type PageRoute, toPageRoutes } from './page-request.ts'

/** A read of one instance of a context, as data or as a page. */
export interface ReadRequest {
  readonly context: string
  readonly facts: ManifestContext
  /** Texts by wire name; declared params only. */
  readonly params: Readonly<Record<string, string>>
  /** The route of the page; absent for the data. */
  readonly page?: string
  /** Path and query in the one form in which the origin is asked, so that it reads what the key says. */
  readonly target: string
}

/** What the edge may keep answers of. */
export interface Storable {
  readonly artifact: string
  readonly contexts: ReadonlyMap<string, ManifestContext>
  /** Path without its last slash → context name. */
  readonly endpoints: ReadonlyMap<string, string>
  readonly pages: readonly PageRoute[]
}

/** What the manifest does not forbid to keep; it is for the origin to allow it, on each answer. */
export function toStorable(manifest: Manifest): Storable {
  const contexts = new Map(
    Object.entries(manifest.contexts).filter(([, facts]) => facts.ttl !== false),
  )
  const endpoints = [...contexts].flatMap(([name, facts]) =>
    facts.endpoints.map((endpoint) => [withoutSlash(endpoint), name] as const),
  )
  return {
    artifact: manifest.artifact,
    contexts,
    endpoints: new Map(endpoints),
    pages: toPageRoutes(contexts),
  }
}

/**
 * With these a GET is not what its URL says, to some servers: a socket, another method, a body. What they answer must
 * not become everybody's.
 */
const meansMore = [
  'upgrade',
  'content-length',
  'transfer-encoding',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
]

/**
 * Reads the request as one that may be kept. `undefined`, so that it passes through as it is, for everything else, and for
 * a read that the edge and the origin could understand differently: an undeclared, repeated or misencoded param, a client
 * of another artifact, a page of another origin (whose answer carries headers for that origin).
 */
export function matchRead(request: Request, storable: Storable): ReadRequest | undefined {
  if (request.method !== 'GET' || meansMore.some((name) => request.headers.has(name))) {
    return undefined
  }
  const url = new URL(request.url)
  const artifact = request.headers.get(headerNames.artifact)
  if (artifact !== null && artifact !== storable.artifact) return undefined
  const page = request.headers.get('origin')
  if (page !== null && page !== url.origin) return undefined
  const context = storable.endpoints.get(withoutSlash(url.pathname))
  return context === undefined ? matchPage(url, storable) : matchContext(url, context, storable)
}

function matchContext(url: URL, context: string, storable: Storable): ReadRequest | undefined {
  const facts = storable.contexts.get(context)
  if (facts === undefined) return undefined
  const params = readParams(url.search.slice(1), facts.params)
  if (params === undefined) return undefined
  const query = new URLSearchParams(Object.entries(params)).toString()
  const path = `${withoutSlash(url.pathname)}/`
  return { context, facts, params, target: query === '' ? path : `${path}?${query}` }
}

function readParams(
  query: string,
  declared: readonly string[],
): Record<string, string> | undefined {
  if (!isDecodable(query)) return undefined
  const found = [...new URLSearchParams(query)]
  const names = new Set(found.map(([name]) => name))
  if (names.size < found.length) return undefined
  if (found.some(([name]) => !declared.includes(name))) return undefined
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** `%ZZ` and bytes that are not UTF-8 are read differently by different parsers. */
function isDecodable(query: string): boolean {
  try {
    decodeURIComponent(query)
    return true
  } catch {
    return false
  }
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path
}
