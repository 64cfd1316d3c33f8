/** Reading a JSON Schema: references, the parts of a conjunction, and which kinds of JSON a schema can accept. */

import { canonicalJson, type JsonSchema } from '@mizan/protocol'

/** The kinds of JSON values. */
export type JsonKind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object'

const allKinds: readonly JsonKind[] = ['null', 'boolean', 'number', 'string', 'array', 'object']

/** The types that a schema may name. */
export type JsonType = NonNullable<JsonSchema['type']>

/** What says nothing of which values fit. */
const annotations: ReadonlySet<string> = new Set([
  'description',
  'default',
  'title',
  'examples',
  'deprecated',
])

/** The kind of a value; `undefined` for what JSON cannot carry. */
export function kindOf(value: unknown): JsonKind | undefined {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  const type = typeof value
  return type === 'boolean' || type === 'number' || type === 'string' || type === 'object'
    ? type
    : undefined
}

/** Whether `value` is a JSON object. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Sets an own property, whatever its name: assigning to `__proto__` would set the prototype. */
export function setOwn(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(target, name, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  } else target[name] = value
}

/** The named types of an artifact, looked up by reference. */
export class Definitions {
  readonly #schemas: ReadonlyMap<string, JsonSchema>

  constructor($defs: Readonly<Record<string, JsonSchema>>) {
    this.#schemas = new Map(
      Object.entries($defs).map(([name, schema]) => [`#/$defs/${name}`, schema]),
    )
  }

  /** @throws TypeError for a reference to nothing. */
  resolve(reference: string): JsonSchema {
    const schema = this.#schemas.get(reference) ?? this.#schemas.get(unescaped(reference))
    if (schema === undefined)
      throw new TypeError(`schema refers to ${reference}, which $defs does not hold`)
    return schema
  }

  /**
   * The kinds of JSON that `schema` can accept.
   *
   * @throws TypeError for a schema that refers to itself without an array or object between.
   */
  kindsOf(schema: JsonSchema, seen: readonly string[] = []): ReadonlySet<JsonKind> {
    let kinds: ReadonlySet<JsonKind> = new Set(allKinds)
    const narrow = (other: ReadonlySet<JsonKind>): void => {
      kinds = new Set([...kinds].filter((kind) => other.has(kind)))
    }
    if (schema.$ref !== undefined) {
      if (seen.includes(schema.$ref)) throw new TypeError(`${schema.$ref} is defined as itself`)
      narrow(this.kindsOf(this.resolve(schema.$ref), [...seen, schema.$ref]))
    }
    if (schema.anyOf !== undefined) {
      narrow(new Set(schema.anyOf.flatMap((member) => [...this.kindsOf(member, seen)])))
    }
    for (const member of schema.allOf ?? []) narrow(this.kindsOf(member, seen))
    narrow(new Set(ownKinds(schema)))
    return kinds
  }

  /** Whether `undefined` is among the values of `schema`: as a property or argument it is then simply not there. */
  allowsAbsence(schema: JsonSchema): boolean {
    if (schema['x-mizan'] === 'void') return true
    if (schema.anyOf?.some((member) => this.allowsAbsence(member)) === true) return true
    return schema.$ref !== undefined && this.allowsAbsence(this.resolve(schema.$ref))
  }

  /**
   * Properties whose value tells this object schema from others: required, and one of a few scalars.
   */
  discriminatorsOf(schema: JsonSchema): ReadonlyMap<string, readonly unknown[]> {
    const found = new Map<string, readonly unknown[]>()
    for (const part of partsOf(schema)) {
      if (part.$ref !== undefined) {
        for (const [name, values] of this.discriminatorsOf(this.resolve(part.$ref)))
          found.set(name, values)
      }
      for (const [name, property] of Object.entries(part.properties ?? {})) {
        const values = scalarsOf(property)
        if (values !== undefined && part.required?.includes(name) === true) found.set(name, values)
      }
    }
    return found
  }
}

/** A reference is a JSON Pointer in a URI fragment: `#/$defs/Page%3CTask%3E`. */
function unescaped(reference: string): string {
  try {
    return decodeURIComponent(reference).replaceAll('~1', '/').replaceAll('~0', '~')
  } catch {
    return reference
  }
}

/** A schema as schemas that must all hold, each with one concern: reference, union, or keywords of its own. */
export function partsOf(schema: JsonSchema): readonly JsonSchema[] {
  const { $ref, anyOf, allOf, ...own } = schema
  return [
    ...($ref === undefined ? [] : [{ $ref }]),
    ...(anyOf === undefined ? [] : [{ anyOf }]),
    ...(allOf ?? []).flatMap(partsOf),
    ...(Object.keys(own).some((keyword) => !annotations.has(keyword)) ? [own] : []),
  ]
}

const descriptive: readonly (keyof JsonSchema)[] = [
  '$ref',
  'anyOf',
  'const',
  'enum',
  'properties',
  'patternProperties',
  'additionalProperties',
  'items',
  'prefixItems',
  'x-mizan',
]

/** Whether a part says what values are made of, or only bounds them (`minItems`, `required`). */
export function describes(part: JsonSchema): boolean {
  return descriptive.some((keyword) => Object.hasOwn(part, keyword))
}

const keywordsOf: readonly (readonly [
  Exclude<JsonType, 'integer'>,
  readonly (keyof JsonSchema)[],
])[] = [
  [
    'object',
    [
      'properties',
      'patternProperties',
      'required',
      'additionalProperties',
      'minProperties',
      'maxProperties',
    ],
  ],
  ['array', ['items', 'prefixItems', 'minItems', 'maxItems', 'uniqueItems']],
  ['string', ['minLength', 'maxLength', 'pattern', 'format']],
  ['number', ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']],
]

/** The types that the keywords of a schema without `type` are about. */
export function typesOf(schema: JsonSchema): readonly Exclude<JsonType, 'integer'>[] {
  return keywordsOf.flatMap(([type, keywords]) =>
    keywords.some((keyword) => schema[keyword] !== undefined) ? [type] : [],
  )
}

/** The values that `const` and `enum` allow; `undefined` without either. */
export function valuesOf(schema: JsonSchema): readonly unknown[] | undefined {
  if (!Object.hasOwn(schema, 'const')) return schema.enum
  const only = [schema.const]
  return schema.enum === undefined || schema.enum.some((value) => isSameJson(value, schema.const))
    ? only
    : []
}

function isSameJson(left: unknown, right: unknown): boolean {
  return left === right || canonicalJson(left) === canonicalJson(right)
}

/** The scalars that a schema of only `const` or `enum` allows. */
export function scalarsOf(schema: JsonSchema): readonly unknown[] | undefined {
  const values = valuesOf(schema)
  return values?.every((value) => value === null || typeof value !== 'object') === true
    ? values
    : undefined
}

function ownKinds(schema: JsonSchema): readonly JsonKind[] {
  const values = valuesOf(schema)
  if (values !== undefined) return values.flatMap((value) => kindOf(value) ?? [])
  switch (schema['x-mizan']) {
    case 'date':
    case 'bigint':
    case 'bytes':
      return ['string']
    case 'map':
    case 'set':
      return ['array']
    case 'void':
      return ['null']
    case 'file':
      return ['object']
    case undefined:
      break
  }
  if (schema.type === undefined) return allKinds
  return [schema.type === 'integer' ? 'number' : schema.type]
}
