/** What a finished mutation invalidates (PROTOCOL section 5, "Scoping"). */

import {
  type Artifact,
  type ArtifactParam,
  type ArtifactTarget,
  canonicalJson,
  type JsonSchema,
  type Target,
  textKindOf,
  toValueText,
  userParams,
} from '@mizan/protocol'
import { isOwnTarget } from '../context.ts'
import type { Principal } from '../identity/index.ts'
import type { Entry } from '../registry.ts'
import { everythingTag } from './data-tag.ts'

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
  if (mutation.writes.has(everythingTag)) return everyContext(artifact)
  const named = new Set(mutation.emitted.map((target) => target.context))
  const { affects = [], merge } = mutation.entry.facts
  const declared: readonly ArtifactTarget[] =
    merge === undefined ? affects : [...affects, { context: merge }]
  if (declared.length + mutation.emitted.length === 0) return []
  const derived = declared
    .filter((target) => !named.has(target.context))
    .map((target) => derivedTarget(target, mutation, artifact))
  return unique([
    ...mutation.emitted.map((target) => emittedTarget(target, mutation, artifact)),
    ...derived,
  ])
}

/** Broad targets of all contexts. */
export function everyContext(artifact: Artifact): Target[] {
  const contexts = Object.values(artifact.functions).flatMap((fn) => fn.context ?? [])
  return [...new Set(contexts)].sort().map((context) => ({ context }))
}

/** A target that the function named: params that the context does not declare are in no instance. */
function emittedTarget(target: Target, mutation: Mutation, artifact: Artifact): Target {
  const given = target.params ?? {}
  return isOwnTarget(target) && Object.keys(given).length === 0
    ? toTarget(target, ownParams(target, mutation, artifact), artifact)
    : toTarget(target, given, artifact)
}

/** A target that the options declare: its own params, then arguments of the same name, then the caller's instances. */
function derivedTarget(target: ArtifactTarget, mutation: Mutation, artifact: Artifact): Target {
  const named = { ...mutation.wire, ...target.params }
  const applies = paramsOf(target, artifact).some(({ name }) => Object.hasOwn(named, name))
  const params = applies || !target.own ? named : ownParams(target, mutation, artifact)
  return toTarget(target, params, artifact)
}

function ownParams(
  target: Target,
  { principal }: Mutation,
  artifact: Artifact,
): Readonly<Record<string, unknown>> {
  const own = paramsOf(target, artifact).find((param) => userParams.includes(param.name))
  return own === undefined || principal === undefined ? {} : { [own.name]: principal.id }
}

/** The target that `merge` stands for where nothing is merged. */
export function mergeTargetOf(mutation: Mutation, artifact: Artifact): Target {
  return derivedTarget({ context: mutation.entry.facts.merge ?? '' }, mutation, artifact)
}

/** In canonical form, with those of `params` that the context declares. */
export function toTarget(
  target: Target,
  params: Readonly<Record<string, unknown>>,
  artifact: Artifact,
): Target {
  const kept = paramsOf(target, artifact).flatMap(({ name, schema }): [string, unknown][] => {
    const value = Object.hasOwn(params, name)
      ? toTargetValue(params[name], schema, artifact)
      : undefined
    return value === undefined ? [] : [[name, value]]
  })
  return {
    context: target.context,
    ...(target.function === undefined ? {} : { function: target.function }),
    ...(kept.length === 0
      ? {}
      : { params: Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1))) }),
  }
}

function paramsOf(target: Target, artifact: Artifact): readonly ArtifactParam[] {
  return artifact.contexts[target.context]?.params ?? []
}

/**
 * A param of several JSON kinds has its RFC 8785 text as its one text; plain kinds keep their JSON value. A value that
 * has no text is in no instance: without it the target is wider, and never missing after what was committed.
 */
function toTargetValue(value: unknown, schema: JsonSchema, artifact: Artifact): unknown {
  const kind = textKindOf(schema, artifact.$defs)
  try {
    const text = toValueText(value, kind)
    return kind === 'json' ? text : value
  } catch {
    return undefined
  }
}

function unique(targets: readonly Target[]): Target[] {
  return [...new Map(targets.map((target) => [canonicalJson(target), target])).values()]
}
