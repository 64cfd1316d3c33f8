/**
 * Compiles a JSON Schema to the way back: TypeScript values of a result to JSON. Only what a type declares leaves: a row that
 * is returned as a narrower type must not take its other columns along.
 */

import type { JsonSchema } from '@mizan/protocol'
import { weighDropped } from './dropped-properties.ts'
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
  describes,
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
    const parts = partsOf(schema)
    // One that only bounds what it is about (`minItems`) must not bring back what others left out.
    const described = parts.filter(describes)
    const encoders = (described.length === 0 ? parts : described).map((part) => this.#part(part))
    const [first] = encoders
    return encoders.length < 2
      ? first
      : overlayAll(encoders.map((encode) => encode ?? ((value) => value)))
  }

  /** Whether a kind of PROTOCOL section 3, a number (which may be NaN) or an object of declared properties can occur in it. */
  #matters(schema: JsonSchema, seen: Set<string>): boolean {
    if (schema.$ref !== undefined && !seen.has(schema.$ref)) {
      seen.add(schema.$ref)
      if (this.#matters(this.#definitions.resolve(schema.$ref), seen)) return true
    }
    if (schema['x-mizan'] !== undefined || schema.properties !== undefined) return true
    if (schema.enum === undefined && (schema.type === 'number' || schema.type === 'integer'))
      return true
    const below = [
      ...(schema.anyOf ?? []),
      ...(schema.allOf ?? []),
      ...(schema.prefixItems ?? []),
      ...(schema.items === undefined || schema.items === false ? [] : [schema.items]),
      ...(schema.additionalProperties === undefined ? [] : [schema.additionalProperties]),
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
    const properties = Object.entries(schema.properties ?? {}).map(([name, property]) => ({
      name,
      encode: this.compile(property),
      // What every object inherits is not what was declared: an absent `valueOf?: Date` is absent.
      isInherited: name in Object.prototype,
    }))
    const encodeOther = this.#others(schema)
    if (schema.properties === undefined && encodeOther === undefined) return undefined
    return (given) => {
      const value = hasToJson(given) ? given.toJSON() : given
      if (!isJsonObject(value)) throw new Misfit('must be an object', value)
      const result: Record<string, unknown> = {}
      let at = ''
      try {
        for (const { name, encode, isInherited } of properties) {
          at = name
          const item = value[name]
          if (item === undefined || (isInherited && !Object.hasOwn(value, name))) continue
          setOwn(result, name, encode === undefined ? item : encode(item))
        }
        if (encodeOther === undefined) return result
        for (const name of Object.keys(value)) {
          at = name
          const item = value[name]
          if (item === undefined || declared.has(name)) continue
          const encoded = encodeOther(name, item)
          if (encoded !== undefined) setOwn(result, name, encoded)
        }
      } catch (error) {
        throw below(at, error)
      }
      return result
    }
  }

  /** Encodes a property that is not declared by name; `undefined` when such properties stay behind. */
  #others(schema: JsonSchema): ((name: string, value: unknown) => unknown) | undefined {
    const { additionalProperties, patternProperties = {} } = schema
    const patterns = Object.entries(patternProperties).map(([source, property]) => ({
      pattern: compilePattern(source),
      encode: this.compile(property) ?? ((value: unknown) => value),
    }))
    if (additionalProperties === undefined && patterns.length === 0) return undefined
    const rest = additionalProperties && this.compile(additionalProperties)
    return (name, value) => {
      const matching = patterns.filter(({ pattern }) => pattern.test(name))
      if (matching.length > 0) return overlayAll(matching.map(({ encode }) => encode))(value)
      if (additionalProperties === undefined) return undefined
      return rest === undefined ? value : rest(value)
    }
  }

  #union(members: readonly JsonSchema[]): Encoder {
    const choices = members.map((schema) => ({
      fits: this.#shapeOf(schema),
      encode: this.compile(schema),
    }))
    return (value) => {
      const fitting = choices.filter(({ fits }) => fits(value))
      let best: unknown
      let fewest = Number.POSITIVE_INFINITY
      let misfit: unknown
      for (const { encode } of fitting) {
        if (encode === undefined) return value
        try {
          const encoded = encode(value)
          // Of `{ a } | { a, b }` the first fits whatever fits the second, and would lose `b`.
          const dropped = fitting.length === 1 ? 0 : weighDropped(value, encoded)
          if (dropped === 0) return encoded
          if (dropped < fewest) [best, fewest] = [encoded, dropped]
        } catch (error) {
          if (!(error instanceof Misfit)) throw error
          misfit ??= error
        }
      }
      if (fewest < Number.POSITIVE_INFINITY) return best
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
