/** Compiles a JSON Schema to a tree of closures; nothing is ever evaluated from text. */

import type { JsonSchema } from '@mizan/protocol'
import {
  createArrayDecoder,
  createObjectDecoder,
  decodeAny,
  itemBounds,
  type PropertyShape,
} from './container-decoder.ts'
import {
  createMapDecoder,
  createSetDecoder,
  decodeBigint,
  decodeBytes,
  decodeDate,
  decodeFile,
  decodeVoid,
} from './kind-decoder.ts'
import { type Decoder, invalid } from './report.ts'
import {
  createListDecoder,
  createNumberDecoder,
  createStringDecoder,
  decodeBoolean,
  decodeNull,
} from './scalar-decoder.ts'
import { type Definitions, isJsonObject, partsOf, setOwn, typeOf } from './schema.ts'
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
    const [first] = parts
    if (first === undefined) return decodeAny
    return parts.length === 1 ? this.#part(first) : all(parts.map((part) => this.#part(part)))
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
    const values = schema.enum ?? (Object.hasOwn(schema, 'const') ? [schema.const] : undefined)
    if (values !== undefined) return createListDecoder(schema, values)
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

  #plain(schema: JsonSchema): Decoder {
    switch (typeOf(schema)) {
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
      case undefined:
        return decodeAny
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
    const pair = createArrayDecoder({ prefix, rest: undefined, minItems: 2, maxItems: 2 })
    return createArrayDecoder({ prefix: [], rest: pair, ...itemBounds(schema) })
  }

  #object(schema: JsonSchema): Decoder {
    // `object` without any property declared is everything that is not a scalar.
    const open = schema.properties === undefined ? {} : undefined
    const others = schema.additionalProperties ?? open
    const required = new Set(schema.required)
    const undeclared = [...required].filter((name) => !Object.hasOwn(schema.properties ?? {}, name))
    const declared = [
      ...Object.entries(schema.properties ?? {}),
      ...undeclared.map((name): [string, JsonSchema] => [name, others ?? {}]),
    ]
    const properties: PropertyShape[] = declared.map(([name, property]) => ({
      name,
      decode: this.compile(property),
      required: required.has(name) && this.mustBePresent(property),
      expected: shortOf(property),
    }))
    const rest = others === undefined ? undefined : this.compile(others)
    return createObjectDecoder({ properties, rest })
  }
}

/** Every part must hold; objects are the union of what each part declares. */
function all(decoders: readonly Decoder[]): Decoder {
  return (json, report, depth) => {
    let result: unknown
    let failed = false
    for (const [index, decode] of decoders.entries()) {
      const value = decode(json, report, depth)
      if (value === invalid) {
        failed = true
        if (report.full) return invalid
      } else result = index === 0 ? value : merge(result, value)
    }
    return failed ? invalid : result
  }
}

function merge(left: unknown, right: unknown): unknown {
  if (Array.isArray(left) && Array.isArray(right))
    return left.map((item, index) => merge(item, right[index]))
  if (isPlain(left) && isPlain(right)) {
    const merged = { ...left }
    for (const [name, value] of Object.entries(right)) {
      setOwn(merged, name, Object.hasOwn(left, name) ? merge(left[name], value) : value)
    }
    return merged
  }
  // Of a converted value and its JSON (a Date and a string), the converted one.
  return typeof right === 'object' && right !== null ? right : left
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return isJsonObject(value) && Object.getPrototypeOf(value) === Object.prototype
}
