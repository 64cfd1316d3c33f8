/** What a finished mutation invalidates (PROTOCOL section 5, "Scoping"). */

import {
  type Artifact,
  type ArtifactTarget,
  canonicalJson,
  type JsonSchema,
  type Target,
  textKindOf,
  userParams,
} from '@mizan/protocol'
import type { Principal } from '../identity/index.ts'
import type { Entry } from '../registry.ts'
import { everythingTag } from '../scope.ts'

/** The facts that scoping looks at. */
export interface Mutation {
  readonly entry: Entry
  /** Arguments by wire name in canonical form; never undefined ones. */
  readonly wire: Readonly<Record<string, unknown>>
  /** What the function named itself. */
  readonly emitted: readonly Target[]
  /** Data tags that it wrote. */
  readonly writes: ReadonlySet<string>
  readonly principal: Principal | undefined
}

/**
 * The targets of a mutation, first tier that applies for each context: what the function named itself, arguments
 * with the name of a param, `.own`, broad. No later tier narrows an earlier one.
 */
export function targetsOf(mutation: Mutation, artifact: Artifact): Target[] {
  // A write that cannot be placed may have changed whatever anybody reads.
  if (mutation.writes.has(everythingTag)) {
    const contexts = Object.values(artifact.functions).flatMap((fn) => fn.context ?? [])
    return [...new Set(contexts)].sort().map((context) => ({ context }))
  }
  const named = new Set(mutation.emitted.map((target) => target.context))
  const { affects = [], merge } = mutation.entry.facts
  const declared: readonly ArtifactTarget[] =
    merge === undefined ? affects : [...affects, { context: merge }]
  const derived = declared
    .filter((target) => !named.has(target.context))
    .map((target) => scope(target, mutation, artifact))
  return unique([...mutation.emitted.map((target) => declaredOnly(target, artifact)), ...derived])
}

/** What the function named, in canonical form: params that the context does not declare are in no instance. */
function declaredOnly(target: Target, artifact: Artifact): Target {
  const known = new Map(
    artifact.contexts[target.context]?.params.map((param) => [param.name, param.schema]),
  )
  const { params, ...rest } = target
  const kept = Object.entries(params ?? {}).flatMap(([name, value]): [string, unknown][] => {
    const schema = known.get(name)
    return schema === undefined ? [] : [[name, toTargetValue(value, schema, artifact)]]
  })
  return kept.length === 0 ? rest : { ...rest, params: Object.fromEntries(kept) }
}

function scope(target: ArtifactTarget, mutation: Mutation, artifact: Artifact): Target {
  const params = artifact.contexts[target.context]?.params ?? []
  const scoped: [string, unknown][] = Object.entries(target.params ?? {})
  for (const { name, schema } of params) {
    if (Object.hasOwn(mutation.wire, name) && target.params?.[name] === undefined) {
      scoped.push([name, toTargetValue(mutation.wire[name], schema, artifact)])
    }
  }
  if (scoped.length === 0 && target.own && mutation.principal !== undefined) {
    const own = params.find((param) => userParams.includes(param.name))
    if (own !== undefined) scoped.push([own.name, mutation.principal.id])
  }
  return {
    context: target.context,
    ...(target.function === undefined ? {} : { function: target.function }),
    ...(scoped.length === 0
      ? {}
      : { params: Object.fromEntries(scoped.sort(([a], [b]) => (a < b ? -1 : 1))) }),
  }
}

/** A param of several JSON kinds has its RFC 8785 text as its one text; plain kinds keep their JSON value. */
function toTargetValue(value: unknown, schema: JsonSchema, artifact: Artifact): unknown {
  return textKindOf(schema, artifact.$defs) === 'json' ? canonicalJson(value) : value
}

function unique(targets: readonly Target[]): Target[] {
  return [...new Map(targets.map((target) => [canonicalJson(target), target])).values()]
}
