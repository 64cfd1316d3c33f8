/** Compiles a JSON Schema to the way back: TypeScript values of a result to JSON, copying only what changes. */

import type { JsonSchema } from '@mizan/protocol'
import {
  encodeBigint,
  encodeBytes,
  encodeDate,
  encodeFile,
  encodeMap,
  encodeNumber,
  encodeSet,
  isKind,
  kindShapes,
} from './kind-encoder.ts'
import { type Encoder, Misfit } from './misfit.ts'
import { overlayAll } from './overlay.ts'
import { compilePattern } from './pattern.ts'
import {
  type Definitions,
  isJsonObject,
  kindOf,
  partsOf,
  scalarsOf,
  setOwn,
  typesOf,
} from './schema.ts'

/** Compiles schemas that share named types. */
export class EncoderCompiler {
  readonly #definitions: Definitions
  readonly #named = new Map<string, Encoder | undefined>()

  constructor(definitions: Definitions) {
    this.#definitions = definitions
  }

  /** The encoder, or `undefined` when every value of the type is its own JSON. */
  compile(schema: JsonSchema): Encoder | undefined {
    if (!this.#matters(schema, new Set())) return undefined
    const encoders = partsOf(schema).flatMap((part) => this.#part(part) ?? [])
    const [first] = encoders
    return encoders.length < 2 ? first : overlayAll(encoders)
  }

  /** Whether a kind of PROTOCOL section 3 or a number (which may be NaN) can occur in it. */
  #matters(schema: JsonSchema, seen: Set<string>): boolean {
    if (schema.$ref !== undefined && !seen.has(schema.$ref)) {
      seen.add(schema.$ref)
      if (this.#matters(this.#definitions.resolve(schema.$ref), seen)) return true
    }
    if (schema['x-mizan'] !== undefined) return true
    if (schema.enum === undefined && (schema.type === 'number' || schema.type === 'integer'))
      return true
    const below = [
      ...(schema.anyOf ?? []),
      ...(schema.allOf ?? []),
      ...(schema.prefixItems ?? []),
      ...(schema.items === undefined || schema.items === false ? [] : [schema.items]),
      ...(schema.additionalProperties === undefined ? [] : [schema.additionalProperties]),
      ...Object.values(schema.properties ?? {}),
      ...Object.values(schema.patternProperties ?? {}),
    ]
    return below.some((part) => this.#matters(part, seen))
  }

  #part(schema: JsonSchema): Encoder | undefined {
    if (schema.$ref !== undefined) return this.#reference(schema.$ref)
    if (schema.anyOf !== undefined) return this.#union(schema.anyOf)
    const kind = schema['x-mizan']
    if (kind === 'date') return encodeDate
    if (kind === 'bigint') return encodeBigint
    if (kind === 'bytes') return encodeBytes
    if (kind === 'void') return () => null
    if (kind === 'file') return encodeFile
    if (kind === 'set') return encodeSet(this.#array(schema) ?? ((items) => items))
    if (kind === 'map') return encodeMap(this.#array(schema) ?? ((pairs) => pairs))
    const { type } = schema
    if (type === undefined) return this.#untyped(schema)
    if (type === 'number' || type === 'integer') return encodeNumber
    if (type === 'array') return this.#array(schema)
    return type === 'object' ? this.#object(schema) : undefined
  }

  /** Keywords without a type are about the values of their kind; others pass. */
  #untyped(schema: JsonSchema): Encoder | undefined {
    const types = typesOf(schema)
    const array = types.includes('array') ? this.#array(schema) : undefined
    const object = types.includes('object') ? this.#object(schema) : undefined
    if (array === undefined && object === undefined) return undefined
    return (value) => {
      if (Array.isArray(value)) return array === undefined ? value : array(value)
      return object !== undefined && isJsonObject(value) && !isKind(value) ? object(value) : value
    }
  }

  #reference(reference: string): Encoder | undefined {
    if (this.#named.has(reference)) return this.#named.get(reference)
    const schema = this.#definitions.resolve(reference)
    if (!this.#matters(schema, new Set())) {
      this.#named.set(reference, undefined)
      return undefined
    }
    // Stands for the type while it is being compiled, so that a type may contain itself.
    this.#named.set(reference, (value) => compiled?.(value))
    const compiled = this.compile(schema)
    this.#named.set(reference, compiled)
    return compiled
  }

  #array(schema: JsonSchema): Encoder | undefined {
    const prefix = (schema.prefixItems ?? []).map((item) => this.compile(item))
    const rest =
      schema.items === undefined || schema.items === false ? undefined : this.compile(schema.items)
    if (rest === undefined && prefix.every((encode) => encode === undefined)) return undefined
    return (value) => {
      if (!Array.isArray(value)) throw new Misfit('must be an array', value)
      let copy: unknown[] | undefined
      let index = 0
      try {
        for (; index < value.length; index++) {
          const encode = index < prefix.length ? prefix[index] : rest
          if (encode === undefined) continue
          const item: unknown = value[index]
          const encoded = encode(item)
          if (encoded !== item) (copy ??= [...value])[index] = encoded
        }
      } catch (error) {
        throw below(String(index), error)
      }
      return copy ?? value
    }
  }

  #object(schema: JsonSchema): Encoder | undefined {
    const declared = new Set(Object.keys(schema.properties ?? {}))
    const encoders = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
      const encode = this.compile(property)
      return encode === undefined ? [] : [{ name, encode }]
    })
    const encodeOther = this.#others(schema)
    if (encoders.length === 0 && encodeOther === undefined) return undefined
    return (given) => {
      const value = hasToJson(given) ? given.toJSON() : given
      if (!isJsonObject(value)) throw new Misfit('must be an object', value)
      let copy: Record<string, unknown> | undefined
      let at = ''
      try {
        for (const { name, encode } of encoders) {
          at = name
          const item = value[name]
          // What every object inherits is not what was declared: an absent `valueOf?: Date` is absent.
          if (item === undefined || (name in Object.prototype && !Object.hasOwn(value, name)))
            continue
          const encoded = encode(item)
          if (encoded !== item) setOwn((copy ??= { ...value }), name, encoded)
        }
        if (encodeOther === undefined) return copy ?? value
        for (const name of Object.keys(value)) {
          at = name
          const item = value[name]
          if (item === undefined || declared.has(name)) continue
          const encoded = encodeOther(name, item)
          if (encoded !== item) setOwn((copy ??= { ...value }), name, encoded)
        }
      } catch (error) {
        throw below(at, error)
      }
      return copy ?? value
    }
  }

  /** Encodes a property that is not declared by name. */
  #others(schema: JsonSchema): ((name: string, value: unknown) => unknown) | undefined {
    const rest =
      schema.additionalProperties === undefined
        ? undefined
        : this.compile(schema.additionalProperties)
    const patterns = Object.entries(schema.patternProperties ?? {}).map(([source, property]) => ({
      pattern: compilePattern(source),
      encode: this.compile(property) ?? ((value: unknown) => value),
    }))
    if (patterns.length === 0) return rest && ((_, value) => rest(value))
    return (name, value) => {
      const matching = patterns.filter(({ pattern }) => pattern.test(name))
      if (matching.length > 0) return overlayAll(matching.map(({ encode }) => encode))(value)
      return rest === undefined ? value : rest(value)
    }
  }

  #union(members: readonly JsonSchema[]): Encoder {
    const choices = members.map((schema) => ({
      fits: this.#shapeOf(schema),
      encode: this.compile(schema),
    }))
    return (value) => {
      let misfit: unknown
      for (const { fits, encode } of choices) {
        if (!fits(value)) continue
        if (encode === undefined) return value
        try {
          return encode(value)
        } catch (error) {
          if (!(error instanceof Misfit)) throw error
          misfit ??= error
        }
      }
      throw misfit ?? new Misfit('fits no member of its union', value)
    }
  }

  /** A test of a TypeScript value by its outermost shape: enough, as unions that look alike are refused by the compiler. */
  #shapeOf(schema: JsonSchema): (value: unknown) => boolean {
    const tests = partsOf(schema).map((part): ((value: unknown) => boolean) => {
      if (part.$ref !== undefined) return this.#shapeOf(this.#definitions.resolve(part.$ref))
      if (part.anyOf !== undefined) {
        const members = part.anyOf.map((member) => this.#shapeOf(member))
        return (value) => members.some((fits) => fits(value))
      }
      const values = scalarsOf(part)
      if (values !== undefined) return (value) => values.includes(value)
      return kindShapes[part['x-mizan'] ?? 'none'] ?? this.#plainShape(part)
    })
    return (value) => tests.every((fits) => fits(value))
  }

  #plainShape(schema: JsonSchema): (value: unknown) => boolean {
    const { type, properties = {} } = schema
    if (type === undefined) return () => true
    if (type !== 'object') {
      const kind = type === 'integer' ? 'number' : type
      return (value) => kindOf(value) === kind
    }
    const constants = Object.entries(properties).flatMap(([name, property]) => {
      const values = scalarsOf(property)
      return values === undefined ? [] : [{ name, values }]
    })
    const required = (schema.required ?? []).filter(
      (name) => !this.#definitions.allowsAbsence(properties[name] ?? {}),
    )
    return (value) =>
      isJsonObject(value) &&
      !isKind(value) &&
      required.every((name) => value[name] !== undefined) &&
      constants.every(
        ({ name, values }) => value[name] === undefined || values.includes(value[name]),
      )
  }
}

function below(key: string, error: unknown): unknown {
  if (error instanceof Misfit) error.trail.push(key)
  return error
}

function hasToJson(value: unknown): value is { toJSON(): unknown } {
  return isJsonObject(value) && typeof value['toJSON'] === 'function' && !isKind(value)
}
