/** Which paths are pages of contexts: `/p/:slug/`, spelt in their one way. */

import type { Artifact } from '@mizan/protocol'

/** Finds out whether a path is that of a page; `undefined` for every other, otherwise the one spelling. */
export type FindPage = (path: string) => string | undefined

/** The routes of view functions that belong to a context and are open to everybody. */
export function createFindPage(artifact: Artifact): FindPage {
  const functions = Object.values(artifact.functions)
  const isGet = (methods: readonly string[] | undefined): boolean =>
    methods?.includes('GET') ?? true
  const all = functions
    .filter(
      ({ route, methods, context }) =>
        route !== undefined && (context !== undefined || methods?.includes('GET')),
    )
    .map((one) => ({ segments: split(one.route ?? ''), one }))
    // Literal segments win over params, as where requests are routed.
    .sort((a, b) => (rank(a.segments) < rank(b.segments) ? -1 : 1))
  return (path) => {
    const found = split(path)
    const match = all.find(({ segments }) => isMatch(segments, found))
    if (match === undefined) return undefined
    const { context, view, auth, methods, cache } = match.one
    if (context === undefined || !view || auth !== undefined || cache === false || !isGet(methods))
      return undefined
    return `/${found.map((segment) => `${segment}/`).join('')}`
  }
}

function isMatch(segments: readonly string[], found: readonly string[]): boolean {
  return (
    segments.length === found.length &&
    segments.every((segment, index) =>
      segment.startsWith(':') ? isCanonical(found[index] ?? '') : segment === found[index],
    )
  )
}

/** Two spellings of one path are two pages to whoever keeps them, so only one of them is kept. */
function isCanonical(segment: string): boolean {
  try {
    return segment !== '' && encodeURIComponent(decodeURIComponent(segment)) === segment
  } catch {
    return false
  }
}

function rank(segments: readonly string[]): string {
  return segments.map((segment) => (segment.startsWith(':') ? '1' : '0')).join('')
}

function split(path: string): string[] {
  const inner = path.replace(/^\//, '').replace(/\/$/, '')
  return inner === '' ? [] : inner.split('/')
}
