/** How values look in JSON: which types need a conversion, and which unions JSON cannot tell apart. */

import type { NamedType, ObjectType, TypeNode } from './type.ts'
import { partsOf } from './type.ts'

/** The kind of JSON that a type's values become. */
export type JsonKind =
  | 'null'
  | 'boolean'
  | 'number'
  | 'string'
  | 'array'
  | 'object'
  | 'file'
  | 'any'

/** The JSON kinds of `type`; a union has several. */
export function jsonKindsOf(type: TypeNode): ReadonlySet<JsonKind> {
  return new Set(flatten(type).map(jsonKindOf))
}

/** The members of a union and of the unions it refers to; any other type is its own only member. */
export function flatten(type: TypeNode, open: ReadonlySet<NamedType> = new Set()): TypeNode[] {
  if (type.kind === 'union') return type.members.flatMap((member) => flatten(member, open))
  if (type.kind !== 'ref' || type.target.type.kind !== 'union' || open.has(type.target))
    return [type]
  return flatten(type.target.type, new Set([...open, type.target]))
}

/** A reference's type, through any number of references. */
export function resolve(type: TypeNode): TypeNode {
  return type.kind === 'ref' ? resolve(type.target.type) : type
}

function jsonKindOf(type: TypeNode): JsonKind {
  switch (type.kind) {
    case 'void':
      return 'null'
    case 'unknown':
    case 'union':
      return 'any'
    case 'literal':
      return typeof type.value as 'string' | 'number' | 'boolean' // cast: what literal values are
    case 'template':
    case 'date':
    case 'bigint':
    case 'bytes':
      return 'string'
    case 'tuple':
    case 'map':
    case 'set':
      return 'array'
    case 'ref':
      return jsonKindOf(type.target.type)
    default:
      return type.kind
  }
}

/** Whether the JSON of a type differs from its TypeScript value, here or deeper. */
export function needsConversion(type: TypeNode, open: ReadonlySet<NamedType> = new Set()): boolean {
  switch (type.kind) {
    case 'date':
    case 'bigint':
    case 'bytes':
    case 'map':
    case 'set':
    case 'void':
      return true
    case 'ref':
      return (
        !open.has(type.target) && needsConversion(type.target.type, new Set([...open, type.target]))
      )
    default:
      return partsOf(type).some((part) => needsConversion(part, open))
  }
}

/** The property whose literal values tell the objects of a union apart. */
export interface Discriminant {
  readonly property: string
  readonly values: ReadonlyMap<ObjectType, readonly (string | number | boolean)[]>
}

/** Finds the discriminant of several object types. */
export function discriminantOf(objects: readonly ObjectType[]): Discriminant | undefined {
  const [first] = objects
  for (const { name } of first?.properties ?? []) {
    const values = new Map(objects.map((object) => [object, literalsOf(object, name)]))
    const all = [...values.values()].flat()
    const complete = [...values.values()].every((list) => list.length > 0)
    if (complete && new Set(all).size === all.length) return { property: name, values }
  }
  return undefined
}

function literalsOf(object: ObjectType, name: string): (string | number | boolean)[] {
  const property = object.properties.find((candidate) => candidate.name === name)
  if (property === undefined || property.optional) return []
  const members = flatten(property.type)
  const values = members.flatMap((member) => (member.kind === 'literal' ? [member.value] : []))
  return values.length === members.length ? values : []
}

/** What is wrong with a part of a type, and the path to it. */
export interface Ambiguity {
  /** Such as `.items[].at`; empty for the type itself. */
  readonly path: string
  readonly message: string
}

/** Finds the first union inside `type` whose members look alike in JSON although they are converted differently. */
export function findAmbiguity(type: TypeNode, seen?: Set<NamedType>): Ambiguity | undefined {
  return findInside(type, ambiguityOf, seen)
}

/** Finds the first part of `type` with a problem; named types in `seen` are passed over, and added to it. */
export function findInside(
  type: TypeNode,
  problemOf: (part: TypeNode) => string | undefined,
  seen: Set<NamedType> = new Set(),
): Ambiguity | undefined {
  const own = problemOf(type)
  if (own !== undefined) return { path: '', message: own }
  if (type.kind === 'ref') {
    if (seen.has(type.target)) return undefined
    seen.add(type.target)
    return findInside(type.target.type, problemOf, seen)
  }
  for (const [step, part] of stepsOf(type)) {
    const found = findInside(part, problemOf, seen)
    if (found !== undefined) return { path: `${step}${found.path}`, message: found.message }
  }
  return undefined
}

function stepsOf(type: TypeNode): readonly (readonly [string, TypeNode])[] {
  switch (type.kind) {
    case 'object':
      return [
        ...type.properties.map((property) => [`.${property.name}`, property.type] as const),
        ...(type.index === undefined ? [] : [['[string]', type.index] as const]),
        ...(type.patterns ?? []).map((pattern) => [`[${pattern.text}]`, pattern.type] as const),
      ]
    case 'tuple':
      return partsOf(type).map((part, index) => [`[${index}]`, part] as const)
    case 'array':
    case 'set':
      return [['[]', type.item]]
    default:
      return partsOf(type).map((part) => ['', part] as const)
  }
}

function ambiguityOf(type: TypeNode): string | undefined {
  if (type.kind === 'object' && isMixed(type)) {
    return needsConversion(type)
      ? 'mixes named properties with an index signature and needs conversion; put the open part into a property of its own'
      : undefined
  }
  if (type.kind !== 'union') return undefined
  const members = flatten(type)
  for (const [kind, group] of groupByKind(members)) {
    if (group.length < 2 || !group.some((member) => needsConversion(member))) continue
    if (kind === 'null')
      return 'has both null and undefined, which are both null in JSON; keep one of them'
    if (kind !== 'object') {
      return `has members that look alike in JSON (${kind}): ${group.map(wordOf).sort().join(' and ')}; use one of them, or objects with a literal property that tells them apart`
    }
    const objects = group.map(resolve).filter((member) => member.kind === 'object')
    if (discriminantOf(objects) === undefined) {
      return 'has several objects of which one needs conversion; give each a literal property, such as kind, that tells them apart'
    }
  }
  return undefined
}

/** Whether names are of several kinds: listed, of a pattern, any. */
function isMixed({ properties, index, patterns = [] }: ObjectType): boolean {
  return Number(properties.length > 0) + Number(index !== undefined) + patterns.length > 1
}

function groupByKind(members: readonly TypeNode[]): Map<JsonKind, TypeNode[]> {
  const groups = new Map<JsonKind, TypeNode[]>()
  for (const member of members) {
    const kind = jsonKindOf(member)
    groups.set(kind, [...(groups.get(kind) ?? []), member])
  }
  return groups
}

const words: Readonly<Record<string, string>> = {
  date: 'Date',
  bytes: 'Uint8Array',
  map: 'Map',
  set: 'Set',
  array: 'an array',
  tuple: 'a tuple',
  literal: 'a literal',
  template: 'a template literal',
}

function wordOf(type: TypeNode): string {
  return type.kind === 'ref' ? type.target.name : (words[type.kind] ?? type.kind)
}
