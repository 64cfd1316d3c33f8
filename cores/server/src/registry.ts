/** The functions of one app by name, checked against the artifact at boot. */

import type { Artifact, ArtifactFunction, ArtifactParam, JsonSchema } from '@mizan/protocol'
import { differencesOf, unreadMembers } from './artifact-differences.ts'
import type { ClientOptions, Fn } from './client-options.ts'
import { contradictionsOf, onlyReads } from './contradictions.ts'
import { type ContextRules, contextRulesOf } from './dispatch/context-rules.ts'
import { RememberedInstances } from './dispatch/remembered-instances.ts'
import type { Functions, Source } from './functions.ts'
import { createRouteTable, type RouteTable } from './http/route-table.ts'
import { markOf } from './marks.ts'
import { wrongValuesOf } from './option-values.ts'
import type { ArgumentsCodec, Codec, UnknownProperties } from './validate/index.ts'
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
  /** Of the data that errors in `throws` carry, by code. */
  readonly errors: ReadonlyMap<string, Codec>
  /** What becomes of arguments that nothing declares; a member of a context is given those of all. */
  readonly unknownArguments: UnknownProperties
  /** Reads change nothing: members of a context, and routes that answer GET only. */
  readonly mutates: boolean
}

/** The public data functions of one context. */
export interface ContextEntry {
  readonly name: string
  readonly members: readonly Entry[]
  readonly params: readonly ArtifactParam[]
  readonly paramNames: readonly string[]
  readonly rules: ContextRules
  readonly instances: RememberedInstances
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

/** How a registry reads. */
export interface RegistryOptions {
  /** Properties and arguments that nothing declares. @default 'drop' */
  readonly unknownProperties?: UnknownProperties
}

/**
 * Builds the registry.
 *
 * @throws TypeError listing every difference between code and artifact, and every contradiction in options.
 */
export function createRegistry(
  functions: Functions,
  { unknownProperties = 'drop' }: RegistryOptions = {},
): Registry {
  const problems: string[] = []
  const entries = new Map<string, Entry>()
  const { artifact, sources } = functions
  for (const [name, facts] of Object.entries(artifact.functions)) {
    const source = sources.get(name)
    const entry =
      source === undefined
        ? undefined
        : createEntry({ name, facts, source, $defs: artifact.$defs, unknownProperties }, problems)
    if (source === undefined)
      problems.push(`${name} (${facts.source}): in the artifact, but not in the code`)
    if (entry !== undefined) entries.set(name, entry)
  }
  for (const name of sources.keys()) {
    if (!Object.hasOwn(artifact.functions, name))
      problems.push(`${name} (${placeOf(sources.get(name))}): in the code, but not in the artifact`)
  }
  problems.push(...unreadMembers(sources), ...contradictionsOf(artifact))
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
  readonly unknownProperties: UnknownProperties
}

function createEntry(
  { name, facts, source, $defs, unknownProperties }: EntryFacts,
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
  const { options } = mark
  const wrong = wrongValuesOf(options)
  problems.push(...[...wrong, ...differencesOf(facts, options)].map((one) => `${where}: ${one}`))
  if (wrong.length > 0) return undefined
  const unknownArguments = facts.context === undefined ? unknownProperties : 'drop'
  try {
    return {
      name,
      facts,
      source,
      fn,
      options,
      arguments: createArgumentsCodec(facts.params, $defs, { unknownArguments, unknownProperties }),
      params: facts.params.map(({ schema }) => createCodec(schema, $defs)),
      result: createCodec(facts.result, $defs),
      errors: errorCodecs(facts, $defs),
      unknownArguments,
      mutates:
        facts.context === undefined && !(facts.route !== undefined && onlyReads(facts.methods)),
    }
  } catch (error) {
    problems.push(`${where}: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

function errorCodecs(
  { throws = [] }: ArtifactFunction,
  $defs: Readonly<Record<string, JsonSchema>>,
): Map<string, Codec> {
  return new Map(
    throws.flatMap(({ code, data }): [string, Codec][] =>
      data === undefined ? [] : [[code, createCodec(data, $defs)]],
    ),
  )
}

function placeOf(source: Source | undefined): string {
  if (source?.length !== 2) return source?.[0].name || 'a function without a name'
  return `${source[0].name}.${source[1]}`
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

function routedEntries(entries: ReadonlyMap<string, Entry>): Entry[] {
  return [...entries.values()].filter((entry) => entry.facts.route !== undefined)
}

function contextEntries(
  artifact: Artifact,
  entries: ReadonlyMap<string, Entry>,
): Map<string, ContextEntry> {
  return new Map(
    Object.entries(artifact.contexts).map(([name, { functions, params }]) => {
      const members = functions.flatMap((member) => entries.get(member) ?? [])
      const rules = contextRulesOf(
        members.map(({ facts }) => facts),
        params,
      )
      const paramNames = params.map((param) => param.name)
      const instances = new RememberedInstances()
      return [name, { name, members, params, paramNames, rules, instances }]
    }),
  )
}
