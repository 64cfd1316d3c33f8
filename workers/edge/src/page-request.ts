/** Which requests are for a page that may be kept: a GET of a route that the manifest names, spelt in its one way. */

import type { ManifestContext } from '@mizan/protocol'
import type { ReadRequest, Storable } from './read-request.ts'

/** One piece of a route: what stands there, or the param that does. */
export interface Segment {
  readonly text: string
  readonly param: string | undefined
}

/** A route of the manifest, cut at its slashes. */
export interface PageRoute {
  readonly context: string
  readonly facts: ManifestContext
  /** `/p/<slug>/` */
  readonly route: string
  readonly segments: readonly Segment[]
}

/** The routes of the pages of `contexts`; those that name a param of none are left out. */
export function toPageRoutes(contexts: ReadonlyMap<string, ManifestContext>): PageRoute[] {
  return [...contexts].flatMap(([context, facts]) =>
    facts.page_routes.flatMap((route) => {
      const segments = segmentsOf(route).map((segment) => {
        const [, param] = /^<([a-z][a-z0-9_]*)>$/.exec(segment) ?? []
        return { text: segment, param }
      })
      const known = segments.every(
        ({ param }) => param === undefined || facts.params.includes(param),
      )
      return known ? [{ context, facts, route, segments }] : []
    }),
  )
}

/** Reads the path as one of a page. `undefined` for a path that another server could read as another page. */
export function matchPage(url: URL, { pages }: Storable): ReadRequest | undefined {
  if (url.search !== '') return undefined
  const found = segmentsOf(url.pathname)
  for (const page of pages) {
    const params = paramsOf(page, found)
    if (params !== undefined) {
      const { context, facts, route } = page
      return { context, facts, params, page: route, target: url.pathname }
    }
  }
  return undefined
}

function paramsOf(
  { segments }: PageRoute,
  found: readonly string[],
): Record<string, string> | undefined {
  if (found.length !== segments.length) return undefined
  const params: [string, string][] = []
  for (const [index, segment] of segments.entries()) {
    const text = found[index] ?? ''
    if (segment.param === undefined) {
      if (segment.text !== text) return undefined
    } else {
      const value = canonicalValue(text)
      if (value === undefined) return undefined
      params.push([segment.param, value])
    }
  }
  return Object.fromEntries(params)
}

/** What a segment says, if that is its one spelling: no slash in disguise, nothing that a server would cut off or decode once more. */
function canonicalValue(segment: string): string | undefined {
  try {
    const value = decodeURIComponent(segment)
    // oxlint-disable-next-line no-control-regex -- these are what servers differ in
    if (value === '' || /[/\\;?#%\u0000-\u001f\u007f]|^\.{1,2}$/.test(value)) return undefined
    return encodeURIComponent(value) === segment ? value : undefined
  } catch {
    return undefined
  }
}

function segmentsOf(path: string): string[] {
  return path.replace(/^\//, '').replace(/\/$/, '').split('/')
}
