/** Options that contradict each other, or name what does not exist: what would only surprise later stops the boot. */

import type {
  Artifact,
  ArtifactContext,
  ArtifactFunction,
  ArtifactTarget,
  JsonSchema,
} from '@mizan/protocol'
import { longestTimer } from './limits.ts'

/** Every contradiction in an artifact, each naming its function's place: file, class and member. */
export function contradictionsOf(artifact: Artifact): string[] {
  const contexts = readContexts(artifact)
  return Object.entries(artifact.functions).flatMap(([name, fn]) => {
    const found = [
      ...readContradictions(fn),
      ...routeContradictions(fn),
      ...uploadContradictions(fn, artifact.$defs),
      ...timeContradictions(fn),
      ...targetContradictions(fn, contexts),
    ]
    return found.map((problem) => `${name} (${fn.source}): ${problem}`)
  })
}

/** Contexts that any function reads; views and private reads are of a context, too, but not in its answer. */
function readContexts({ functions, contexts }: Artifact): ReadonlyMap<string, ArtifactContext> {
  const read = Object.values(functions).flatMap((fn) => fn.context ?? [])
  const empty: ArtifactContext = { functions: [], params: [] }
  return new Map(
    read.map((name) => [name, Object.hasOwn(contexts, name) ? (contexts[name] ?? empty) : empty]),
  )
}

/** A read of a context changes nothing; only such reads are cached. */
function readContradictions(fn: ArtifactFunction): string[] {
  const found: string[] = []
  if (fn.context === undefined) {
    if (fn.cache !== undefined)
      found.push('only reads of a context are cached; give it a context, or leave cache out')
    return found
  }
  const of = `a read of the context "${fn.context}"`
  if (fn.affects !== undefined)
    found.push(`${of} cannot affect anything; it has both context and affects`)
  if (fn.merge !== undefined) found.push(`${of} cannot merge; it has both context and merge`)
  if (fn.stream) found.push(`${of} cannot stream: a context is answered as one object`)
  if (fn.private && fn.route === undefined)
    found.push(`${of} that is private can never run without a route`)
  return found
}

function routeContradictions(fn: ArtifactFunction): string[] {
  const found: string[] = []
  const { route, methods } = fn
  if (route === undefined && methods !== undefined)
    found.push('methods are those of a route, and it has none')
  if (route === undefined && fn.view)
    found.push('it returns a Response, which only a route can answer; give it a route')
  if (methods !== undefined && new Set(methods).size !== methods.length)
    found.push(`methods names one twice: ${methods.join(', ')}`)
  if (methods?.length === 0) found.push('methods is empty, so that nothing reaches the route')
  const params = (route ?? '').split('/').filter((segment) => segment.startsWith(':'))
  if (new Set(params).size !== params.length)
    found.push(`route "${route ?? ''}" has a parameter twice`)
  if (route !== undefined && onlyReads(methods) && (fn.affects ?? fn.merge) !== undefined)
    found.push('it answers GET only, and nothing is affected by GET')
  if (fn.websocket && fn.view)
    found.push('it returns a Response, which the live socket cannot carry; leave websocket out')
  if (fn.websocket && fn.private)
    found.push('it is private, so that no client calls it over the live socket')
  return found
}

/** Whether a route answers nothing but GET. */
export function onlyReads(methods: readonly string[] | undefined): boolean {
  return methods !== undefined && methods.every((method) => method === 'GET')
}

function uploadContradictions(
  fn: ArtifactFunction,
  $defs: Readonly<Record<string, JsonSchema>>,
): string[] {
  // What a Standard Schema takes is only known to it.
  if (fn.input) return []
  const files = fn.params.filter(({ schema }) => holdsFile(schema, $defs))
  const names = files.map(({ key }) => key).join(', ')
  if (files.length === 0) {
    // An unknown type may be a File as well.
    const mayHold = fn.params.some(({ schema }) => Object.keys(schema).length === 0)
    return fn.upload === undefined || mayHold
      ? []
      : ['upload has no effect: no parameter takes a File']
  }
  const found: string[] = []
  if (fn.context !== undefined)
    found.push(`a read of a context has no body, and ${names} takes a File`)
  if (fn.route !== undefined && onlyReads(fn.methods))
    found.push(`it answers GET only, and ${names} takes a File`)
  if (fn.websocket) found.push(`the live socket carries no files, and ${names} takes a File`)
  return found
}

function holdsFile(
  schema: JsonSchema,
  $defs: Readonly<Record<string, JsonSchema>>,
  seen: ReadonlySet<string> = new Set(),
): boolean {
  if (schema['x-mizan'] === 'file') return true
  const { $ref, items, additionalProperties } = schema
  const below = [
    ...(schema.anyOf ?? []),
    ...(schema.allOf ?? []),
    ...(schema.prefixItems ?? []),
    ...Object.values(schema.properties ?? {}),
    ...Object.values(schema.patternProperties ?? {}),
    ...(items === undefined || items === false ? [] : [items]),
    ...(additionalProperties === undefined ? [] : [additionalProperties]),
  ]
  if (below.some((part) => holdsFile(part, $defs, seen))) return true
  if ($ref === undefined || seen.has($ref)) return false
  const target = $defs[$ref.slice('#/$defs/'.length)]
  return target !== undefined && holdsFile(target, $defs, new Set([...seen, $ref]))
}

function timeContradictions({ timeout, cache, rev }: ArtifactFunction): string[] {
  const found: string[] = []
  if (timeout !== undefined && !(timeout >= 1 && timeout <= longestTimer))
    found.push(`timeout is 1 to ${longestTimer} milliseconds, got ${timeout}`)
  const times = cache === undefined || cache === false ? {} : cache
  for (const [name, seconds] of Object.entries(times)) {
    if (!(seconds >= 0 && Number.isFinite(seconds)))
      found.push(`cache.${name} is a number of seconds from 0, got ${String(seconds)}`)
  }
  if (rev !== undefined && !(Number.isSafeInteger(rev) && rev >= 0))
    found.push(`rev is a whole number from 0, got ${String(rev)}`)
  return found
}

function targetContradictions(
  fn: ArtifactFunction,
  contexts: ReadonlyMap<string, ArtifactContext>,
): string[] {
  const merged = fn.merge === undefined ? [] : [{ option: 'merge', target: { context: fn.merge } }]
  const affected = (fn.affects ?? []).map((target) => ({ option: 'affects', target }))
  const unmergeable =
    fn.merge !== undefined && fn.stream ? ['a stream has no one result that could merge'] : []
  return [
    ...unmergeable,
    ...[...affected, ...merged].flatMap(({ option, target }) =>
      unknownParts(target, contexts).map((problem) => `${option} "${target.context}", ${problem}`),
    ),
  ]
}

function unknownParts(
  target: ArtifactTarget,
  contexts: ReadonlyMap<string, ArtifactContext>,
): string[] {
  const context = contexts.get(target.context)
  if (context === undefined) return ['but no function reads this context']
  const found: string[] = []
  if (target.function !== undefined && !context.functions.includes(target.function)) {
    const members = context.functions.join(', ') || 'none'
    found.push(`but "${target.function}" is none of its functions: ${members}`)
  }
  const params = context.params.map(({ name }) => name)
  for (const name of Object.keys(target.params ?? {})) {
    if (!params.includes(name))
      found.push(`but "${name}" is none of its params: ${params.join(', ') || 'none'}`)
  }
  return found
}
