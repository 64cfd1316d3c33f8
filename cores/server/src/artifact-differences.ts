/** Where the artifact and the running code say different things: the artifact is then older than the code. */

import { type ArtifactFunction, canonicalJson, toWireName } from '@mizan/protocol'
import type { ClientOptions } from './client-options.ts'
import type { Functions, Service, StaticService } from './functions.ts'
import { factsOf, type MarkFacts } from './mark-facts.ts'
import { markedMembers } from './marked-members.ts'

const compared: readonly (keyof MarkFacts)[] = [
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
  'upload',
]

/** Options of one function that differ, each with both values. */
export function differencesOf(facts: ArtifactFunction, options: ClientOptions): string[] {
  const coded = factsOf(options)
  const differing = compared
    .filter((key) => key !== 'methods' || options.methods !== undefined)
    .filter((key) => comparable(facts[key]) !== comparable(coded[key]))
    .map((key) => sentence(key, coded[key], facts[key]))
  return [...differing, ...inputDifference(facts, options), ...throwsDifference(facts, options)]
}

function inputDifference(facts: ArtifactFunction, options: ClientOptions): string[] {
  const coded = options.input !== undefined
  return coded === (facts.input === true)
    ? []
    : [sentence('input', coded ? 'a schema' : undefined, facts.input ? 'a schema' : undefined)]
}

/** The code's classes against the artifact's codes; what an error carries is a type, and only the compiler's. */
function throwsDifference(facts: ArtifactFunction, { throws = [] }: ClientOptions): string[] {
  const coded = throws.map(({ code, status }) => `${code} ${status}`).sort()
  const known = (facts.throws ?? []).map(({ code, status }) => `${code} ${status}`).sort()
  const same = coded.join() === known.join()
  return same ? [] : [sentence('throws', orAbsent(coded), orAbsent(known))]
}

function orAbsent(list: readonly string[]): readonly string[] | undefined {
  return list.length === 0 ? undefined : list
}

function sentence(key: string, coded: unknown, known: unknown): string {
  return `${key} is ${shown(coded)} in the code, ${shown(known)} in the artifact`
}

/** Lists of targets have no order. */
function comparable(value: unknown): string {
  if (value === undefined) return ''
  if (!Array.isArray(value)) return canonicalJson(value)
  return canonicalJson(value.map((item) => canonicalJson(item)).sort())
}

function shown(value: unknown): string {
  return value === undefined ? 'absent' : JSON.stringify(value)
}

/** Marked members of known classes that the artifact has not seen yet. */
export function unreadMembers(sources: Functions['sources']): string[] {
  const owners = new Map<Service | StaticService, Set<string>>()
  for (const source of sources.values()) {
    if (source.length === 2)
      owners.set(source[0], (owners.get(source[0]) ?? new Set()).add(source[1]))
  }
  const served = new Set<unknown>(owners.keys())
  return [...owners].flatMap(([owner, known]) =>
    markedMembers(owner, served)
      .filter((member) => !('lost' in member) && !known.has(member.key))
      .map(
        ({ key }) =>
          `${toWireName(key) ?? key} (${owner.name}.${key}): marked in the code, but not in the artifact`,
      ),
  )
}
