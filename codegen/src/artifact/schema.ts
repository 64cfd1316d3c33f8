/** Types as JSON Schema with `x-mizan` kinds (PROTOCOL section 3). */

import { canonicalJson, type JsonSchema } from '@mizan/protocol'
import type { ObjectType, TupleType, TypeNode } from '../ir/type.ts'
import { compareText } from '../problem.ts'

/** The schema of a type; named types are references. */
export function toSchema(type: TypeNode): JsonSchema {
  switch (type.kind) {
    case 'unknown':
      return {}
    case 'null':
    case 'boolean':
    case 'number':
    case 'string':
      return { type: type.kind }
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
      return { type: 'array', items: toSchema(type.item) }
    case 'set':
      return { type: 'array', items: toSchema(type.item), 'x-mizan': 'set' }
    case 'map':
      return { type: 'array', items: pairOf(type.key, type.value), 'x-mizan': 'map' }
    case 'tuple':
      return tupleSchema(type)
    case 'object':
      return objectSchema(type)
    case 'union':
      return unionSchema(type.members)
    case 'ref':
      return { $ref: `#/$defs/${type.target.name}` }
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
    prefixItems: items.map((item) => toSchema(item.type)),
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
              described(toSchema(property.type), property.doc),
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
function unionSchema(members: readonly TypeNode[]): JsonSchema {
  const literals = members.flatMap((member) => (member.kind === 'literal' ? [member.value] : []))
  const hasNull = members.some((member) => member.kind === 'null')
  if (literals.length > 0 && literals.length + Number(hasNull) === members.length) {
    return { enum: [...sorted(literals), ...(hasNull ? [null] : [])] }
  }
  const others = members.filter((member) => member.kind !== 'literal').map(toSchema)
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

/** Adds the documentation to a schema. */
export function described(schema: JsonSchema, doc: string | undefined): JsonSchema {
  return doc === undefined ? schema : { ...schema, description: doc }
}
