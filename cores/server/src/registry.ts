/** The functions of one app by name, checked against the artifact at boot. */

import {
  type Artifact,
  type ArtifactFunction,
  type ArtifactTarget,
  canonicalJson,
  type JsonSchema,
  toWireName,
} from '@mizan/protocol'
import type { ClientOptions, Fn } from './client-options.ts'
import type { Functions, Source } from './functions.ts'
import { createRouteTable, type RouteTable } from './http/route-table.ts'
import { longestTimer } from './limits.ts'
import { factsOf } from './mark-facts.ts'
import { markOf } from './marks.ts'
import type { ArgumentsCodec, Codec } from './validate/index.ts'
import { createArgumentsCodec, createCodec } from './validate/index.ts'

/** One function, ready to be dispatched. */
export interface Entry {
  readonly name: string
  readonly facts: ArtifactFunction
  readonly options: ClientOptions
  readonly source: Source
  readonly fn: Fn
  readonly arguments: ArgumentsCodec
  /** One codec an argument, in the order of the declaration. */
  readonly params: readonly Codec[]
  readonly result: Codec
  /** Reads change nothing: members of a context, and routes that answer GET only. */
  readonly mutates: boolean
}

/** The public data functions of one context. */
export interface ContextEntry {
  readonly name: string
  readonly members: readonly Entry[]
}

/** Everything that a request can reach; looked up in Maps, never in objects. */
export interface Registry {
  readonly artifact: Artifact
  readonly entries: ReadonlyMap<string, Entry>
  readonly contexts: ReadonlyMap<string, ContextEntry>
  /** What `POST call/` may run. */
  readonly calls: ReadonlyMap<string, Entry>
  readonly byFunction: ReadonlyMap<unknown, Entry>
  readonly routes: RouteTable
}

/**
 * Builds the registry.
 *
 * @throws TypeError listing every difference between code and artifact, and every contradiction in options.
 */
export function createRegistry(functions: Functions): Registry {
  const problems: string[] = []
  const entries = new Map<string, Entry>()
  const { artifact, sources } = functions
  for (const [name, facts] of Object.entries(artifact.functions)) {
    const source = sources.get(name)
    const entry =
      source === undefined
        ? undefined
        : createEntry({ name, facts, source, $defs: artifact.$defs }, problems)
    if (source === undefined) problems.push(`${name}: in the artifact, but not in the code`)
    if (entry !== undefined) entries.set(name, entry)
  }
  for (const name of sources.keys()) {
    if (!Object.hasOwn(artifact.functions, name))
      problems.push(`${name}: in the code, but not in the artifact`)
  }
  problems.push(...unreadMembers(sources), ...contradictions(artifact))
  const routes = createRouteTable(routedEntries(entries), problems)
  if (problems.length > 0) {
    throw new TypeError(
      `Mizan cannot start; run mizan generate, or mend the code:\n- ${problems.sort().join('\n- ')}`,
    )
  }
  return {
    artifact,
    entries,
    routes,
    contexts: contextEntries(artifact, entries),
    calls: new Map([...entries].filter(([, entry]) => isCallable(entry.facts))),
    byFunction: new Map([...entries.values()].map((entry) => [entry.fn, entry])),
  }
}

/** Public data functions outside of contexts. */
export function isCallable(facts: ArtifactFunction): boolean {
  return facts.context === undefined && !facts.private && !facts.view
}

interface EntryFacts {
  readonly name: string
  readonly facts: ArtifactFunction
  readonly source: Source
  readonly $defs: Readonly<Record<string, JsonSchema>>
}

function createEntry(
  { name, facts, source, $defs }: EntryFacts,
  problems: string[],
): Entry | undefined {
  const fn = functionOf(source)
  const where = `${name} (${facts.source})`
  if (fn === undefined) {
    problems.push(`${where}: in the artifact, but the code has no such member`)
    return undefined
  }
  const mark = markOf(fn)
  if (mark === undefined) {
    problems.push(
      `${where}: is not marked where it runs; client must be the topmost decorator, and an override is decorated again`,
    )
    return undefined
  }
  problems.push(...differences(where, facts, mark.options))
  return {
    name,
    facts,
    source,
    fn,
    options: mark.options,
    arguments: createArgumentsCodec(facts.params, $defs),
    params: facts.params.map(({ schema }) => createCodec(schema, $defs)),
    result: createCodec(facts.result, $defs),
    mutates:
      facts.context === undefined && !(facts.route !== undefined && onlyReads(facts.methods)),
  }
}

function onlyReads(methods: readonly string[] | undefined): boolean {
  return methods !== undefined && methods.every((method) => method === 'GET')
}

function functionOf(source: Source): Fn | undefined {
  if (source.length === 1) return source[0]
  const [owner, member] = source
  const found: unknown = memberOf(owner, member) ?? memberOf(owner.prototype as object, member)
  return typeof found === 'function' ? (found as Fn) : undefined // cast: checked to be a function
}

function memberOf(holder: object, member: string): unknown {
  for (
    let at: object | null = holder;
    at !== null;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    const own = Object.getOwnPropertyDescriptor(at, member)
    if (own !== undefined) return own.value
  }
  return undefined
}

/** Whether a class's marked member is a static. */
export function isStatic(source: Source): boolean {
  return source.length === 2 && typeof memberOf(source[0], source[1]) === 'function'
}

function differences(where: string, facts: ArtifactFunction, options: ClientOptions): string[] {
  const coded = factsOf(options)
  const keys = [
    'context',
    'merge',
    'affects',
    'private',
    'route',
    'methods',
    'auth',
    'cache',
    'rev',
    'websocket',
    'transaction',
    'timeout',
  ] as const
  return keys
    .filter((key) => key !== 'methods' || options.methods !== undefined)
    .filter(
      (key) =>
        canonicalJson(sortedAffects(facts[key])) !== canonicalJson(sortedAffects(coded[key])),
    )
    .map(
      (key) =>
        `${where}: ${key} is ${shown(coded[key])} in the code, ${shown(facts[key])} in the artifact`,
    )
}

function sortedAffects(value: unknown): unknown {
  if (value === undefined) return null
  return Array.isArray(value) ? value.map((item) => canonicalJson(item)).sort() : value
}

function shown(value: unknown): string {
  return value === undefined ? 'absent' : JSON.stringify(value)
}

/** Marked members of known classes that the artifact has not seen yet. */
function unreadMembers(sources: Functions['sources']): string[] {
  const owners = new Map<object, Set<string>>()
  for (const source of sources.values()) {
    if (source.length === 2)
      owners.set(source[0], (owners.get(source[0]) ?? new Set()).add(source[1]))
  }
  return [...owners].flatMap(([owner, known]) => {
    const prototype = (owner as { prototype: object }).prototype // cast: owners are classes
    return [owner, prototype].flatMap((holder) =>
      Object.entries(Object.getOwnPropertyDescriptors(holder))
        .filter(([key, { value }]) => markOf(value) !== undefined && !known.has(key))
        .map(
          ([key]) =>
            `${toWireName(key) ?? key} (${(owner as Fn).name}.${key}): marked in the code, but not in the artifact`,
        ),
    )
  })
}

function contradictions(artifact: Artifact): string[] {
  const contexts = new Set(Object.values(artifact.functions).flatMap((fn) => fn.context ?? []))
  return Object.entries(artifact.functions).flatMap(([name, fn]) => {
    const where = `${name} (${fn.source})`
    const found: string[] = []
    if (fn.context !== undefined && fn.affects !== undefined)
      found.push(`${where}: a read of a context cannot affect anything`)
    if (fn.context !== undefined && fn.merge !== undefined)
      found.push(`${where}: a read of a context cannot merge`)
    if (fn.context === undefined && fn.cache !== undefined)
      found.push(`${where}: only reads of a context are cached`)
    if (fn.private && fn.context !== undefined && fn.route === undefined)
      found.push(`${where}: a private read without a route can never run`)
    if (fn.route !== undefined && onlyReads(fn.methods) && (fn.affects ?? fn.merge) !== undefined)
      found.push(`${where}: answers GET only, and nothing is affected by GET`)
    if (fn.timeout !== undefined && !(fn.timeout >= 1 && fn.timeout <= longestTimer))
      found.push(`${where}: timeout is 1 to ${longestTimer} milliseconds, got ${fn.timeout}`)
    for (const target of [
      ...(fn.affects ?? []),
      ...(fn.merge === undefined ? [] : [{ context: fn.merge }]),
    ]) {
      if (!contexts.has(target.context))
        found.push(`${where}: affects "${target.context}", but no function reads this context`)
      else if (!isMember(artifact, target))
        found.push(
          `${where}: affects "${target.function}" of "${target.context}", which has no such function`,
        )
    }
    return found
  })
}

function isMember(artifact: Artifact, target: ArtifactTarget): boolean {
  if (target.function === undefined) return true
  return artifact.contexts[target.context]?.functions.includes(target.function) === true
}

function routedEntries(entries: ReadonlyMap<string, Entry>): Entry[] {
  return [...entries.values()].filter((entry) => entry.facts.route !== undefined)
}

function contextEntries(
  artifact: Artifact,
  entries: ReadonlyMap<string, Entry>,
): Map<string, ContextEntry> {
  return new Map(
    Object.entries(artifact.contexts).map(([name, context]) => [
      name,
      { name, members: context.functions.flatMap((member) => entries.get(member) ?? []) },
    ]),
  )
}
