/** Types between TypeScript and what is written from them: JSON Schema, TypeScript text, wire conversions. */

import type { JsonSchema } from '@mizan/protocol'

/** Schema keywords that JSDoc tags stand for: `@minLength 3`, `@format email`, `@default 'todo'`. */
export type TagKeywords = Pick<
  JsonSchema,
  | 'minLength'
  | 'maxLength'
  | 'pattern'
  | 'format'
  | 'minimum'
  | 'maximum'
  | 'exclusiveMinimum'
  | 'exclusiveMaximum'
  | 'multipleOf'
  | 'minItems'
  | 'maxItems'
  | 'uniqueItems'
  | 'minProperties'
  | 'maxProperties'
  | 'title'
  | 'default'
  | 'examples'
  | 'deprecated'
>

/** What JSDoc says of a function, a type, an argument or a property; absent where it says nothing. */
export interface Documented {
  /** Without tags. */
  readonly doc?: string
  /** The text of `@deprecated`: why, and what to use instead; may be empty. */
  readonly deprecated?: string
  /** The texts of `@example`. */
  readonly examples?: readonly string[]
}

/** What JSDoc says of values. */
export interface DocumentedValue extends Documented {
  readonly keywords?: TagKeywords
}

/** A type that can cross the wire. */
export type TypeNode =
  | { readonly kind: ScalarKind }
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  | TemplateType
  | ArrayType
  | TupleType
  | ObjectType
  | UnionType
  | MapType
  | SetType
  | RefType

/**
 * Types without parts. `void` is what is absent: `undefined` in TypeScript, `null` where JSON needs a value. `file` is a
 * `File` or `Blob` among the arguments.
 */
export type ScalarKind =
  | 'null'
  | 'void'
  | 'boolean'
  | 'number'
  | 'string'
  | 'unknown'
  | 'date'
  | 'bigint'
  | 'bytes'
  | 'file'

/** `` `task-${number}` `` */
export interface TemplateType {
  readonly kind: 'template'
  /** As TypeScript prints it, with backticks. */
  readonly text: string
  /** The regular expression that its values match. */
  readonly pattern: string
}

export interface ArrayType {
  readonly kind: 'array'
  readonly item: TypeNode
  readonly readonly: boolean
}

export interface TupleType {
  readonly kind: 'tuple'
  readonly items: readonly TupleItem[]
  /** The items after the listed ones. */
  readonly rest?: TypeNode
  /** Of the rest, where items have names. */
  readonly restName?: string
  readonly readonly: boolean
}

export interface TupleItem {
  readonly type: TypeNode
  readonly optional: boolean
  /** `[x: number, y: number]`: all items of a tuple have one, or none. */
  readonly name?: string
}

export interface ObjectType {
  readonly kind: 'object'
  readonly properties: readonly Property[]
  /** The values under names that are not listed. */
  readonly index?: TypeNode
  /** The values under names of a pattern. */
  readonly patterns?: readonly PatternIndex[]
}

/** `` { [key: `data-${string}`]: string } `` or `{ [key: number]: string }` */
export interface PatternIndex {
  /** The type of the names, as TypeScript prints it. */
  readonly text: string
  /** The regular expression that the names match. */
  readonly pattern: string
  readonly type: TypeNode
}

export interface Property extends DocumentedValue {
  readonly name: string
  readonly type: TypeNode
  /** Whether it may be absent on the wire. */
  readonly optional: boolean
  readonly readonly: boolean
  /** Declared as `name: T | undefined` instead of `name?: T`; `optional` too. */
  readonly undefinable?: true
}

export interface UnionType {
  readonly kind: 'union'
  /** In no particular order: whoever writes them sorts what is written. */
  readonly members: readonly TypeNode[]
}

export interface MapType {
  readonly kind: 'map'
  readonly key: TypeNode
  readonly value: TypeNode
}

export interface SetType {
  readonly kind: 'set'
  readonly item: TypeNode
}

export interface RefType {
  readonly kind: 'ref'
  readonly target: NamedType
}

/**
 * A type with a name of its own, written once. Its `type` and `keywords` are filled in while its source is read, since it
 * may contain itself; its final `name` when all names are known.
 */
export interface NamedType extends Documented {
  name: string
  type: TypeNode
  keywords?: TagKeywords
}

const scalars = {
  null: { kind: 'null' },
  void: { kind: 'void' },
  boolean: { kind: 'boolean' },
  number: { kind: 'number' },
  string: { kind: 'string' },
  unknown: { kind: 'unknown' },
  date: { kind: 'date' },
  bigint: { kind: 'bigint' },
  bytes: { kind: 'bytes' },
  file: { kind: 'file' },
} as const

/** The one value of each type without parts. */
export const scalar: Readonly<Record<ScalarKind, TypeNode>> = Object.freeze(scalars)

/** A union of `members`, flattened; a single member stands for itself. */
export function unionOf(members: readonly TypeNode[]): TypeNode {
  const flat = members.flatMap((member) => (member.kind === 'union' ? member.members : [member]))
  const [only] = flat
  return flat.length === 1 && only !== undefined ? only : { kind: 'union', members: flat }
}

/** Takes `undefined` out of a type: properties and parameters express it by being optional. */
export function withoutVoid(type: TypeNode): {
  readonly type: TypeNode
  readonly optional: boolean
} {
  if (type.kind !== 'union') return { type, optional: type.kind === 'void' }
  const members = type.members.filter((member) => member.kind !== 'void')
  return members.length === type.members.length
    ? { type, optional: false }
    : { type: unionOf(members), optional: true }
}

/** The types that `type` is made of, one level down; a reference's target is not one of them. */
export function partsOf(type: TypeNode): readonly TypeNode[] {
  switch (type.kind) {
    case 'array':
    case 'set':
      return [type.item]
    case 'tuple':
      return [
        ...type.items.map((item) => item.type),
        ...(type.rest === undefined ? [] : [type.rest]),
      ]
    case 'object':
      return [
        ...type.properties.map((property) => property.type),
        ...(type.index === undefined ? [] : [type.index]),
        ...(type.patterns ?? []).map((pattern) => pattern.type),
      ]
    case 'union':
      return type.members
    case 'map':
      return [type.key, type.value]
    default:
      return []
  }
}

/** Every named type that `roots` lead to, in the order met. */
export function namedTypesOf(...roots: readonly (readonly TypeNode[])[]): NamedType[] {
  const found = new Set<NamedType>()
  const visit = (type: TypeNode): void => {
    for (const target of mentionedBy(type)) {
      if (found.has(target)) continue
      found.add(target)
      visit(target.type)
    }
  }
  for (const list of roots) list.forEach(visit)
  return [...found]
}

/** A type is never changed once it is made, and its parts are asked for often. */
const mentioned = new WeakMap<TypeNode, readonly NamedType[]>()
const none: readonly NamedType[] = []

/** The named types that `type` names itself. */
function mentionedBy(type: TypeNode): readonly NamedType[] {
  const known = mentioned.get(type)
  if (known !== undefined) return known
  const found = type.kind === 'ref' ? [type.target] : partsOf(type).flatMap(mentionedBy)
  const kept = found.length === 0 ? none : found
  mentioned.set(type, kept)
  return kept
}
