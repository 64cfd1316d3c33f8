/** Compiles a JSON Schema to a tree of closures; nothing is ever evaluated from text. */

import type { JsonSchema } from '@mizan/protocol'
import { createAllDecoder } from './all-decoder.ts'
import { createArrayDecoder, decodeAny, itemBounds } from './array-decoder.ts'
import {
  createMapDecoder,
  createSetDecoder,
  decodeBigint,
  decodeBytes,
  decodeDate,
  decodeFile,
  decodeVoid,
} from './kind-decoder.ts'
import { createObjectDecoder, propertyBounds, type PropertyShape } from './object-decoder.ts'
import { compilePattern } from './pattern.ts'
import { type Decoder, invalid, Report } from './report.ts'
import {
  createListDecoder,
  createNumberDecoder,
  createStringDecoder,
  decodeBoolean,
  decodeNull,
} from './scalar-decoder.ts'
import {
  type Definitions,
  describes,
  type JsonType,
  kindOf,
  partsOf,
  typesOf,
  valuesOf,
} from './schema.ts'
import { createUnionDecoder } from './union-decoder.ts'
import { shortOf } from './words.ts'

/** Compiles schemas that share named types; each named type is compiled once. */
export class DecoderCompiler {
  readonly #definitions: Definitions
  readonly #named = new Map<string, Decoder>()

  constructor(definitions: Definitions) {
    this.#definitions = definitions
  }

  /** @throws TypeError for a reference to nothing, or a schema that is defined as itself. */
  compile(schema: JsonSchema): Decoder {
    const parts = partsOf(schema)
    if (parts.length === 0) return decodeAny
    return createAllDecoder(
      parts.map((part) => ({ decode: this.#part(part), describes: describes(part) })),
    )
  }

  /** Whether an argument of the type must be there when its declaration says so. */
  mustBePresent(schema: JsonSchema): boolean {
    return !this.#definitions.allowsAbsence(schema)
  }

  #part(schema: JsonSchema): Decoder {
    if (schema.$ref !== undefined) return this.#reference(schema.$ref)
    if (schema.anyOf !== undefined) {
      return createUnionDecoder(schema.anyOf, this.#definitions, (member) => this.compile(member))
    }
    const values = valuesOf(schema)
    if (values !== undefined) return this.#list(schema, values)
    return schema['x-mizan'] === undefined ? this.#plain(schema) : this.#kind(schema)
  }

  #reference(reference: string): Decoder {
    const known = this.#named.get(reference)
    if (known !== undefined) return known
    const schema = this.#definitions.resolve(reference)
    this.#definitions.kindsOf(schema, [reference])
    // Stands for the type while it is being compiled, so that a type may contain itself.
    this.#named.set(reference, (json, report, depth) => compiled(json, report, depth))
    const compiled: Decoder = this.compile(schema)
    this.#named.set(reference, compiled)
    return compiled
  }

  /** The other keywords beside a list choose among its values, once. */
  #list(schema: JsonSchema, values: readonly unknown[]): Decoder {
    const { enum: _, const: __, ...others } = schema
    const check = this.#plain(others)
    const allowed = values.filter((value) => check(value, new Report(0), 0) !== invalid)
    const list = createListDecoder({ enum: allowed }, allowed)
    if (schema['x-mizan'] === undefined) return list
    // The texts of literal bigints and the like.
    return createAllDecoder(
      [list, this.#kind(others)].map((decode) => ({ decode, describes: true })),
    )
  }

  /** Without a type, keywords bind only the values that they are about. */
  #plain(schema: JsonSchema): Decoder {
    if (schema.type !== undefined) return this.#typed(schema, schema.type)
    const byKind = new Map(
      typesOf(schema).map((type) => [type, this.#typed({ ...schema, type }, type)]),
    )
    if (byKind.size === 0) return decodeAny
    return (json, report, depth) =>
      (byKind.get(kindOf(json) ?? 'null') ?? decodeAny)(json, report, depth)
  }

  #typed(schema: JsonSchema, type: JsonType): Decoder {
    switch (type) {
      case 'null':
        return decodeNull
      case 'boolean':
        return decodeBoolean
      case 'integer':
      case 'number':
        return createNumberDecoder(schema)
      case 'string':
        return createStringDecoder(schema)
      case 'array':
        return this.#array(schema)
      case 'object':
        return this.#object(schema)
    }
  }

  #kind(schema: JsonSchema): Decoder {
    switch (schema['x-mizan']) {
      case 'date':
        return decodeDate
      case 'bigint':
        return decodeBigint
      case 'bytes':
        return decodeBytes
      case 'void':
        return decodeVoid
      case 'file':
        return decodeFile
      case 'set':
        return createSetDecoder(this.#array(schema))
      case 'map':
        return createMapDecoder(this.#pairs(schema))
      case undefined:
        return this.#plain(schema)
    }
  }

  #array(schema: JsonSchema): Decoder {
    const rest =
      schema.items === false
        ? undefined
        : schema.items === undefined
          ? decodeAny
          : this.compile(schema.items)
    const prefix = (schema.prefixItems ?? []).map((item) => this.compile(item))
    return createArrayDecoder({ prefix, rest, ...itemBounds(schema) })
  }

  #pairs(schema: JsonSchema): Decoder {
    const [key = {}, value = {}] =
      (schema.items === false ? undefined : schema.items?.prefixItems) ?? []
    const prefix = [this.compile(key), this.compile(value)]
    const pair = createArrayDecoder({
      prefix,
      rest: undefined,
      minItems: 2,
      maxItems: 2,
      unique: false,
    })
    return createArrayDecoder({ prefix: [], rest: pair, ...itemBounds(schema) })
  }

  #object(schema: JsonSchema): Decoder {
    const { properties = {}, patternProperties = {} } = schema
    // `object` without any property declared is everything that is not a scalar.
    const isOpen = schema.properties === undefined && schema.patternProperties === undefined
    const others = schema.additionalProperties ?? (isOpen ? {} : undefined)
    const patterns = Object.entries(patternProperties).map(([source, property]) => ({
      pattern: compilePattern(source),
      decode: this.compile(property),
      describes: true,
    }))
    const required = new Set(schema.required)
    const undeclared = [...required].filter((name) => !Object.hasOwn(properties, name))
    const declared: [string, JsonSchema | undefined][] = [
      ...Object.entries(properties),
      ...undeclared.map((name): [string, undefined] => [name, undefined]),
    ]
    const shapes = declared.map(([name, property]): PropertyShape => {
      const matching = patterns.filter(({ pattern }) => pattern.test(name))
      const own = property ?? (matching.length === 0 ? (others ?? {}) : undefined)
      const parts =
        own === undefined ? matching : [{ decode: this.compile(own), describes: true }, ...matching]
      return {
        name,
        decode: createAllDecoder(parts),
        required: required.has(name) && (own === undefined || this.mustBePresent(own)),
        expected: own === undefined ? 'json' : shortOf(own),
      }
    })
    const rest = others === undefined ? undefined : this.compile(others)
    return createObjectDecoder({ properties: shapes, patterns, rest, ...propertyBounds(schema) })
  }
}
