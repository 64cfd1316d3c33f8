/** Routes of view functions: `/profile/:userId/`. */

import { toWireName } from '@mizan/protocol'
import type { Entry } from '../registry.ts'

/** A function found by its route. */
export interface RouteMatch {
  readonly entry: Entry
  /** Decoded texts by wire name. */
  readonly params: Readonly<Record<string, string>>
}

/** Finds routes. */
export interface RouteTable {
  /** The function for a path and method; HEAD finds what answers GET. */
  find(method: string, path: string): RouteMatch | undefined
  /** Methods that a path answers; empty where there is no route. */
  methodsOf(path: string): readonly string[]
}

interface Route {
  readonly entry: Entry
  readonly methods: readonly string[]
  readonly segments: readonly string[]
}

/** Builds the table; shapes that two functions share for one method become problems. */
export function createRouteTable(entries: readonly Entry[], problems: string[]): RouteTable {
  // Literal segments win over params: /tasks/new/ before /tasks/:id/.
  const routes = entries
    .map((entry) => toRoute(entry, problems))
    .sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
  problems.push(...shadowed(routes))
  return {
    find(method, path) {
      const wanted = method === 'HEAD' ? 'GET' : method
      const segments = split(path)
      for (const route of routes) {
        if (!route.methods.includes(wanted)) continue
        const params = match(route, segments)
        if (params !== undefined) return { entry: route.entry, params }
      }
      return undefined
    },
    methodsOf(path) {
      const segments = split(path)
      const found = routes.filter((route) => match(route, segments) !== undefined)
      const methods = new Set(found.flatMap((route) => route.methods))
      return [...methods].flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    },
  }
}

function toRoute(entry: Entry, problems: string[]): Route {
  const { route = '', methods, context, params, source } = entry.facts
  const where = `${entry.name} (${source})`
  if (!route.startsWith('/')) problems.push(`${where}: route "${route}" must start with a slash`)
  const known = new Set(params.map((param) => param.name))
  for (const segment of split(route)) {
    const name = segment.startsWith(':') ? toWireName(segment.slice(1)) : undefined
    if (name === null || (name !== undefined && !known.has(name))) {
      problems.push(
        `${where}: route "${route}" has ${segment}, but the function has no such parameter`,
      )
    }
  }
  return {
    entry,
    methods: methods ?? (context === undefined ? ['POST'] : ['GET']),
    segments: split(route),
  }
}

function shadowed(routes: readonly Route[]): string[] {
  const seen = new Map<string, Entry>()
  return routes.flatMap((route) =>
    route.methods.flatMap((method) => {
      const shape = `${method} /${route.segments.map((segment) => (segment.startsWith(':') ? ':' : segment)).join('/')}`
      const first = seen.get(shape)
      seen.set(shape, first ?? route.entry)
      if (first === undefined) return []
      return [
        `${route.entry.name} (${route.entry.facts.source}) and ${first.name} (${first.facts.source}): both answer ${method} ${route.entry.facts.route}`,
      ]
    }),
  )
}

function rank(route: Route): string {
  return (
    route.segments.map((segment) => (segment.startsWith(':') ? '1' : '0')).join('') +
    route.entry.name
  )
}

function split(path: string): string[] {
  return path.replace(/^\/|\/$/g, '').split('/')
}

function match(route: Route, segments: readonly string[]): Record<string, string> | undefined {
  if (segments.length !== route.segments.length) return undefined
  const params: [string, string][] = []
  for (const [index, segment] of route.segments.entries()) {
    const actual = segments[index] ?? ''
    if (!segment.startsWith(':')) {
      if (segment !== actual) return undefined
      continue
    }
    const text = decode(actual)
    if (text === undefined || text === '') return undefined
    params.push([toWireName(segment.slice(1)) ?? '', text])
  }
  return Object.fromEntries(params)
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
