/** Options that contradict each other, or name what does not exist. The server refuses them too, at boot. */

import { type ArtifactTarget, toWireName } from '@mizan/protocol'
import type { ApiContext, ApiFunction } from '../ir/api.ts'
import { findInside } from '../ir/wire-form.ts'

/** What is wrong, and the option where it is told. */
export type Contradiction = readonly [option: string, problem: string]

/** Contradictions between the options of one function, and between them and what it takes and returns. */
export function contradictionsInside(fn: ApiFunction): Contradiction[] {
  return [...ofReads(fn), ...ofRoutes(fn), ...ofSockets(fn), ...ofFiles(fn)]
}

/** What targets of a context may name. */
export interface KnownContext {
  /** Wire names of the functions that read it. */
  readonly functions: readonly string[]
  readonly params: readonly string[]
}

/** The contexts that functions read; pages and private functions read one too, without being in its answer. */
export function knownContexts(
  functions: readonly ApiFunction[],
  contexts: readonly ApiContext[],
): ReadonlyMap<string, KnownContext> {
  const read = new Set(functions.flatMap((fn) => fn.options.context ?? []))
  const byWire = new Map(contexts.map((context) => [context.wire, context]))
  return new Map(
    [...read].map((wire) => {
      const { members = [], params = [] } = byWire.get(wire) ?? {}
      return [
        wire,
        { functions: members.map((fn) => fn.wire), params: params.map((param) => param.wire) },
      ]
    }),
  )
}

/** A read of a context changes nothing and answers once; only such reads are cached. */
function ofReads({ options, stream }: ApiFunction): Contradiction[] {
  const { context, affects = [], merge, cache, private: hidden, route } = options
  const found: Contradiction[] = []
  if (context === undefined) {
    if (cache !== undefined) found.push(['cache', 'only reads of a context are cached'])
    if (merge !== undefined && stream) found.push(['merge', 'a stream has no value to merge'])
    return found
  }
  if (affects.length > 0) {
    found.push([
      'affects',
      'a read of a context cannot affect anything; move the change into a function without context',
    ])
  }
  if (merge !== undefined) found.push(['merge', 'a read of a context cannot merge'])
  if (stream)
    found.push(['context', 'a read of a context answers once; stream from a function of its own'])
  if (hidden && route === undefined)
    found.push(['private', 'a private read without a route can never run'])
  return found
}

function ofRoutes({ options, view, params }: ApiFunction): Contradiction[] {
  const { route, methods = [], affects, merge } = options
  const found: Contradiction[] = []
  if (route === undefined) {
    if (view) found.push(['route', 'returns a Response, so it needs a route of its own'])
    if (methods.length > 0) found.push(['methods', 'methods are those of a route, and it has none'])
  }
  if (new Set(methods).size !== methods.length) found.push(['methods', 'methods names one twice'])
  if (route !== undefined && onlyReads(options) && (affects ?? merge) !== undefined)
    found.push([
      affects === undefined ? 'merge' : 'affects',
      'answers GET only, and nothing is affected by GET',
    ])
  const names = routeParams(route)
  if (new Set(names).size !== names.length) found.push(['route', 'the route has an argument twice'])
  for (const name of names) {
    if (!params.some((param) => param.wire === toWireName(name)))
      found.push([
        'route',
        `the route has :${name}, but the function takes no argument of this name`,
      ])
  }
  return found
}

function onlyReads({ methods }: ApiFunction['options']): boolean {
  return methods !== undefined && methods.every((method) => method === 'GET')
}

function routeParams(route: string | undefined): string[] {
  return [...(route ?? '').matchAll(/:([A-Za-z0-9_]+)/g)].map((match) => match[1] ?? '')
}

function ofSockets({ options, view, stream }: ApiFunction): Contradiction[] {
  if (!options.websocket) return []
  const found: Contradiction[] = []
  if (view) found.push(['websocket', 'returns a Response, which the socket cannot carry'])
  if (stream) found.push(['websocket', 'streams, and a call over the socket answers once'])
  if (options.private) found.push(['websocket', 'is private, so that nobody calls it'])
  return found
}

function ofFiles({ options, params, input }: ApiFunction): Contradiction[] {
  const { context, route, websocket, upload } = options
  const holds = (kind: string): boolean =>
    params.some(({ type }) => findInside(type, (part) => (part.kind === kind ? kind : undefined)))
  // What a Standard Schema takes is known to it alone, and an unknown value may be a file.
  if (!holds('file'))
    return upload === undefined || input || holds('unknown') ? [] : [['upload', 'takes no File']]
  const found: Contradiction[] = []
  if (context !== undefined)
    found.push([
      'context',
      'params of a context stand in a URL; take files in a function without context',
    ])
  if (route !== undefined && onlyReads(options))
    found.push(['methods', 'answers GET only, which has no body for files'])
  if (websocket) found.push(['websocket', 'the socket carries no files; call it by HTTP alone'])
  return found
}

/** Targets that name what does not exist. */
export function unknownTargets(
  { options }: ApiFunction,
  contexts: ReadonlyMap<string, KnownContext>,
): Contradiction[] {
  const { affects = [], merge } = options
  return [
    ...affects.flatMap((target) => unknownParts('affects', target, contexts)),
    ...(merge === undefined ? [] : unknownParts('merge', { context: merge }, contexts)),
  ]
}

function unknownParts(
  option: string,
  target: ArtifactTarget,
  contexts: ReadonlyMap<string, KnownContext>,
): Contradiction[] {
  const known = contexts.get(target.context)
  if (known === undefined)
    return [
      [
        option,
        `no function reads the context "${target.context}"; give one client({ context }), or leave it out`,
      ],
    ]
  const found: Contradiction[] = []
  const context = `the context "${target.context}"`
  if (target.function !== undefined && !known.functions.includes(target.function)) {
    const members = [...known.functions].sort().join(', ') || 'none'
    found.push([option, `${context} has no function "${target.function}"; it has ${members}`])
  }
  for (const name of Object.keys(target.params ?? {})) {
    if (!known.params.includes(name))
      found.push([
        option,
        `${context} has no param "${name}"; it has ${known.params.join(', ') || 'none'}`,
      ])
  }
  return found
}
