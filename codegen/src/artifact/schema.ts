/** Types as JSON Schema with `x-mizan` kinds (PROTOCOL section 3). */

import { canonicalJson, type JsonSchema } from '@mizan/protocol'
import { constrainedKindOf, hasConstraints, keywordsAbout } from '../ir/constrained.ts'
import type {
  DocumentedValue,
  ObjectType,
  RefType,
  TagKeywords,
  TupleType,
  TypeNode,
} from '../ir/type.ts'
import { resolve } from '../ir/wire-form.ts'
import { compareText } from '../problem.ts'

/** The schema of a type, within the constraints of `keywords`; named types are references. */
export function toSchema(type: TypeNode, keywords?: TagKeywords): JsonSchema {
  const about = keywords === undefined ? undefined : constrainedKindOf(type)
  const bounds = about === undefined ? {} : keywordsAbout(keywords, about)
  switch (type.kind) {
    case 'unknown':
      return {}
    case 'null':
    case 'boolean':
      return { type: type.kind }
    case 'number':
    case 'string':
      return { type: type.kind, ...bounds }
    case 'void':
      return { type: 'null', 'x-mizan': 'void' }
    case 'date':
      return { type: 'string', format: 'date-time', 'x-mizan': 'date' }
    case 'bigint':
      return { type: 'string', pattern: '^(0|-?[1-9][0-9]*)$', 'x-mizan': 'bigint' }
    case 'bytes':
      return { type: 'string', format: 'byte', 'x-mizan': 'bytes' }
    case 'file':
      return { type: 'string', format: 'binary', 'x-mizan': 'file' }
    case 'literal':
      return { const: type.value }
    case 'template':
      return { type: 'string', pattern: type.pattern }
    case 'array':
      return { type: 'array', items: toSchema(type.item), ...bounds }
    case 'set':
      return { type: 'array', items: toSchema(type.item), 'x-mizan': 'set', ...bounds }
    case 'map':
      return { type: 'array', items: pairOf(type.key, type.value), 'x-mizan': 'map', ...bounds }
    case 'tuple':
      return tupleSchema(type)
    case 'object':
      return { ...objectSchema(type), ...bounds }
    case 'union':
      return unionSchema(type.members, keywords)
    case 'ref':
      return refSchema(type, keywords, bounds)
  }
}

const jsonTypes = { text: 'string', number: 'number', list: 'array', record: 'object' } as const

/** Constraints beside a reference say what they are about: that another member of a union is not meant. */
function refSchema(
  { target }: RefType,
  keywords: TagKeywords | undefined,
  bounds: TagKeywords,
): JsonSchema {
  const reference: JsonSchema = { $ref: `#/$defs/${target.name}` }
  const about = constrainedKindOf(target.type)
  if (about !== undefined && Object.keys(bounds).length > 0)
    return { ...reference, type: jsonTypes[about], ...bounds }
  const constrains = keywords !== undefined && hasConstraints(keywords)
  const inner = resolve(target.type)
  // Each member within its own constraints: the named union has none of these.
  return constrains && inner.kind === 'union' ? unionSchema(inner.members, keywords) : reference
}

/** The schema of something that JSDoc says more about. */
export function documentedSchema(
  type: TypeNode,
  { doc, keywords }: Pick<DocumentedValue, 'doc' | 'keywords'>,
): JsonSchema {
  return {
    ...toSchema(type, keywords),
    ...keywordsAbout(keywords, 'any'),
    ...(doc === undefined ? {} : { description: doc }),
  }
}

function pairOf(key: TypeNode, value: TypeNode): JsonSchema {
  return {
    type: 'array',
    prefixItems: [toSchema(key), toSchema(value)],
    items: false,
    minItems: 2,
    maxItems: 2,
  }
}

function tupleSchema({ items, rest }: TupleType): JsonSchema {
  return {
    type: 'array',
    ...(items.length === 0 ? {} : { prefixItems: items.map((item) => toSchema(item.type)) }),
    items: rest === undefined ? false : toSchema(rest),
    minItems: items.filter((item) => !item.optional).length,
    ...(rest === undefined ? { maxItems: items.length } : {}),
  }
}

function objectSchema({ properties, index, patterns = [] }: ObjectType): JsonSchema {
  const required = properties
    .filter((property) => !property.optional)
    .map((property) => property.name)
  return {
    type: 'object',
    ...(properties.length === 0
      ? {}
      : {
          properties: Object.fromEntries(
            properties.map((property) => [
              property.name,
              documentedSchema(property.type, property),
            ]),
          ),
        }),
    ...(required.length === 0 ? {} : { required: required.sort(compareText) }),
    ...(patterns.length === 0
      ? {}
      : {
          patternProperties: Object.fromEntries(
            patterns.map(({ pattern, type }) => [pattern, toSchema(type)]),
          ),
        }),
    ...(index === undefined ? {} : { additionalProperties: toSchema(index) }),
  }
}

/** Literals, with null among them, are one list; everything else is a choice of schemas. Sorted, to be stable. */
function unionSchema(members: readonly TypeNode[], keywords?: TagKeywords): JsonSchema {
  const literals = members.flatMap((member) => (member.kind === 'literal' ? [member.value] : []))
  const hasNull = members.some((member) => member.kind === 'null')
  if (literals.length > 0 && literals.length + Number(hasNull) === members.length) {
    return { enum: [...sorted(literals), ...(hasNull ? [null] : [])] }
  }
  const others = members
    .filter((member) => member.kind !== 'literal')
    .map((member) => toSchema(member, keywords))
  const [first] = literals
  const listed =
    literals.length > 1
      ? [{ enum: sorted(literals) }]
      : first === undefined
        ? []
        : [{ const: first }]
  return { anyOf: sorted([...others, ...listed]) }
}

function sorted<T>(values: readonly T[]): T[] {
  const byText = new Map(values.map((value) => [canonicalJson(value), value]))
  return [...byText].sort(([a], [b]) => compareText(a, b)).map(([, value]) => value)
}
