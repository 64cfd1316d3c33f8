/** Arguments from the fields of a form: texts become what the declared types ask for. */

import type { ArtifactParam, JsonSchema } from '@mizan/protocol'
import type { FieldNode } from './field-tree.ts'

type Definitions = Readonly<Record<string, JsonSchema>>

/**
 * JSON arguments by wire name, not yet checked: a text that is no number stays one, so that the check says what is wrong
 * with it. An empty field that its type has no empty value for is an absent one.
 */
export function fromFields(
  params: readonly ArtifactParam[],
  tree: FieldNode,
  $defs: Definitions,
): Record<string, unknown> {
  const values = params.flatMap(({ name, schema, required }): [string, unknown][] => {
    const value = convert(tree.children.get(name), schema, { required, $defs })
    return value === undefined ? [] : [[name, value]]
  })
  return Object.fromEntries(values)
}

interface Place {
  readonly required: boolean
  readonly $defs: Definitions
}

function convert(node: FieldNode | undefined, schema: JsonSchema, place: Place): unknown {
  const resolved = resolve(schema, place.$defs)
  if (resolved.anyOf !== undefined) return convertUnion(node, resolved.anyOf, place)
  switch (kindOf(resolved)) {
    case 'list':
      return convertList(node, resolved, place)
    case 'map':
      return convertMap(node, resolved, place)
    case 'object':
      return convertObject(node, resolved, place)
    case 'boolean':
      return convertBoolean(node, place)
    case 'scalar':
      return node === undefined ? undefined : convertScalar(node.values.at(-1), resolved, place)
  }
}

/** References and single members, followed as far as they go. */
function resolve(schema: JsonSchema, $defs: Definitions): JsonSchema {
  let at = schema
  for (let steps = 0; at.$ref !== undefined && steps < 20; steps += 1) {
    const name = at.$ref.replace('#/$defs/', '')
    at = Object.hasOwn($defs, name) ? ($defs[name] ?? {}) : {}
  }
  return at
}

function kindOf(schema: JsonSchema): 'list' | 'map' | 'object' | 'boolean' | 'scalar' {
  if (schema['x-mizan'] === 'map') return 'map'
  if (schema.type === 'array') return 'list'
  if (schema.type === 'object' || schema.properties !== undefined) return 'object'
  return schema.type === 'boolean' && schema.enum === undefined ? 'boolean' : 'scalar'
}

/** An empty field is null where that is one of the types; otherwise the first type that makes more of the text than text. */
function convertUnion(
  node: FieldNode | undefined,
  members: readonly JsonSchema[],
  place: Place,
): unknown {
  const types = members.map((member) => resolve(member, place.$defs))
  const others = types.filter((type) => type.type !== 'null')
  const isNullable = others.length < types.length
  if (node === undefined) return undefined
  const text = node.values.at(-1)
  if (node.children.size === 0 && (text === '' || isEmptyFile(text))) {
    if (isNullable) return null
  }
  const optional = { ...place, required: false }
  const converted = others.map((type) => convert(node, type, optional))
  return converted.find((value) => value !== undefined && value !== text) ?? converted.at(0)
}

/** A box that is not ticked sends nothing: where a boolean is required, that is a no. */
function convertBoolean(node: FieldNode | undefined, { required }: Place): unknown {
  if (node === undefined) return required ? false : undefined
  const text = node.values.at(-1)
  if (text === 'on' || text === 'true' || text === '1') return true
  return text === 'off' || text === 'false' || text === '0' || text === '' ? false : text
}

function convertScalar(text: unknown, schema: JsonSchema, { required }: Place): unknown {
  if (isEmptyFile(text)) return undefined
  if (typeof text !== 'string') return text
  const values = schema.enum ?? (Object.hasOwn(schema, 'const') ? [schema.const] : undefined)
  if (values !== undefined) {
    const found = values.find((value) => String(value) === text)
    return found === undefined && text === '' && !required ? undefined : (found ?? text)
  }
  if (schema.type === 'integer' || schema.type === 'number') return toNumber(text)
  if (schema['x-mizan'] === 'date') return toDateText(text)
  if (schema['x-mizan'] !== undefined) return text === '' ? undefined : text
  const hasRules = schema.format !== undefined || schema.pattern !== undefined
  return text === '' && hasRules && !required ? undefined : text
}

function toNumber(text: string): unknown {
  const trimmed = text.trim()
  if (trimmed === '') return undefined
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i.test(trimmed) ? Number(trimmed) : text
}

/** `<input type="date">` and `datetime-local` know no zone: what they send is read as UTC. */
function toDateText(text: string): unknown {
  if (text === '') return undefined
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return `${text}T00:00:00.000Z`
  const local = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(\.\d{1,3})?$/.exec(text)
  if (local === null) return text
  const [, day, minutes, seconds = ':00', fraction = '.'] = local
  return `${day}T${minutes}${seconds}${fraction.padEnd(4, '0')}Z`
}

/** Repeated names, or numbered ones in the order of their numbers. An empty file input is no file. */
function convertList(node: FieldNode | undefined, schema: JsonSchema, place: Place): unknown {
  if (node === undefined) return place.required ? [] : undefined
  const { prefixItems = [], items } = schema
  const rest = items === undefined || items === false ? {} : items
  const numbered = [...node.children]
    .filter(([step]) => /^\d{1,9}$/.test(step))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, child]) => child)
  const repeated = node.values
    .filter((value) => !isEmptyFile(value))
    .map((value): FieldNode => ({ values: [value], children: new Map() }))
  return [...repeated, ...numbered].map((item, index) =>
    convert(item, prefixItems[index] ?? rest, { ...place, required: true }),
  )
}

function convertMap(node: FieldNode | undefined, schema: JsonSchema, place: Place): unknown {
  if (node === undefined) return place.required ? [] : undefined
  const pair = schema.items === false ? undefined : schema.items?.prefixItems
  return [...node.children].map(([key, child]) => [
    convertScalar(key, resolve(pair?.[0] ?? {}, place.$defs), place),
    convert(child, pair?.[1] ?? {}, { ...place, required: true }),
  ])
}

function convertObject(node: FieldNode | undefined, schema: JsonSchema, place: Place): unknown {
  if (node === undefined && !place.required) return undefined
  const required = new Set(schema.required)
  const declared = Object.entries(schema.properties ?? {}).map(
    ([name, property]): [string, unknown] => [
      name,
      convert(node?.children.get(name), property, { ...place, required: required.has(name) }),
    ],
  )
  const open = schema.additionalProperties ?? (schema.properties === undefined ? {} : undefined)
  const others = [...(node?.children ?? [])].flatMap(([name, child]): [string, unknown][] =>
    open === undefined || Object.hasOwn(schema.properties ?? {}, name)
      ? []
      : [[name, convert(child, open, { ...place, required: true })]],
  )
  // fromEntries defines: a field named __proto__ is a property like any other.
  return Object.fromEntries([...declared, ...others].filter(([, value]) => value !== undefined))
}

/** What a browser sends for a file input in which nothing was chosen. */
function isEmptyFile(value: unknown): boolean {
  return value instanceof File && value.size === 0 && value.name === ''
}
