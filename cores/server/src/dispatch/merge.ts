/** A result that is the new value of a member of a context (PROTOCOL section 5, "Merge"). */

import {
  type Artifact,
  type ArtifactParam,
  canonicalJson,
  type JsonSchema,
  reaches,
  type Target,
} from '@mizan/protocol'
import type { Entry } from '../registry.ts'
import { mergeTargetOf, type Mutation, toTarget } from './targets.ts'

/** Where a result goes, instead of a target. */
export interface Merged {
  /** With the member as its function and the member's params. */
  readonly slot: Target
  /** What the slot's holder need not be told. */
  readonly instead: Target
  /** Whether a mounted instance, its params as texts, has the slot. */
  holds(instance: Target): boolean
}

/**
 * The one slot that a result fits: of the declared context, the one member with the type of the result whose params are
 * all among the arguments; and only if it is mounted. `undefined` makes it an ordinary invalidation.
 */
export function mergedInto(
  mutation: Mutation,
  mounted: readonly Target[],
  artifact: Artifact,
): Merged | undefined {
  const slot = slotOf(mutation.entry, artifact)
  if (slot === undefined) return undefined
  const { merge: context = '', affects = [] } = mutation.entry.facts
  const isNamed = mutation.emitted.some((target) => target.context === context)
  // Who says more of the context than its result does has its say.
  if (isNamed || affects.some((target) => target.context === context)) return undefined
  if (!slot.params.every(({ name }) => Object.hasOwn(mutation.wire, name))) return undefined
  const names = new Set(slot.params.map(({ name }) => name))
  const given = Object.entries(mutation.wire).filter(([name]) => names.has(name))
  const target = toTarget({ context, function: slot.member }, Object.fromEntries(given), artifact)
  const holds = ({ context: mountedContext, params = {} }: Target): boolean =>
    mountedContext === context &&
    Object.keys(params).length === names.size &&
    Object.keys(params).every((name) => names.has(name)) &&
    reaches({ context, params }, target.params ?? {})
  return mounted.some(holds)
    ? { slot: target, instead: mergeTargetOf(mutation, artifact), holds }
    : undefined
}

interface Slot {
  readonly member: string
  readonly params: readonly ArtifactParam[]
}

const slots = new WeakMap<Entry, { readonly slot: Slot | undefined }>()

function slotOf(entry: Entry, artifact: Artifact): Slot | undefined {
  const known = slots.get(entry)
  if (known !== undefined) return known.slot
  const slot = findSlot(entry, artifact)
  slots.set(entry, { slot })
  return slot
}

function findSlot({ facts }: Entry, { contexts, functions }: Artifact): Slot | undefined {
  const members = facts.merge === undefined ? [] : (contexts[facts.merge]?.functions ?? [])
  const given = typesOf(facts.result)
  // Of what may be anything nobody knows where it belongs.
  if (given.includes('{}') || facts.result['x-mizan'] === 'void') return undefined
  const fitting = members.filter((name) => {
    const taken = typesOf(functions[name]?.result ?? {})
    return given.every((type) => taken.includes(type))
  })
  const [member] = fitting
  return fitting.length === 1 && member !== undefined
    ? { member, params: functions[member]?.params ?? [] }
    : undefined
}

/** The members of a union, or the type alone, in comparable form: `Profile` fits where `Profile | null` is. */
function typesOf(schema: JsonSchema): string[] {
  return (schema.anyOf ?? [schema]).map((type) => canonicalJson(type))
}
