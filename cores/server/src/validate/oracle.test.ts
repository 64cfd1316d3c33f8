/** The plain keywords, compared with ajv on generated schemas and values. */

import type { JsonSchema } from '@mizan/protocol'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCodec } from './codec.ts'

const names = fc.constantFrom('a', 'b', 'c', 'constructor', 'toString')
const scalars = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer({ min: -5, max: 5 }),
  fc.constantFrom('', 'a', 'bb', '😀'),
)
const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalars,
    fc.double({ min: -10, max: 10, noNaN: true }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(names, tie('value'), { maxKeys: 4 }),
  ),
})).value

const small = fc.integer({ min: 0, max: 3 })
/** A record of some of the keywords. */
function optional<T>(shape: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> {
  // cast: fast-check's own type says the same with more words
  return fc.record(shape, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>
}

const $defs: Record<string, JsonSchema> = {
  Tree: {
    type: 'object',
    properties: { a: { type: 'integer' }, b: { type: 'array', items: { $ref: '#/$defs/Tree' } } },
    required: ['a'],
  },
  Json: {
    anyOf: [
      { type: 'null' },
      { type: 'integer' },
      { type: 'array', items: { $ref: '#/$defs/Json' } },
      { type: 'object', additionalProperties: { $ref: '#/$defs/Json' } },
    ],
  },
}

const schemas = fc.letrec<{ schema: JsonSchema; object: JsonSchema; loose: JsonSchema }>((tie) => ({
  object: fc
    .record({
      properties: fc.dictionary(names, tie('schema'), { maxKeys: 3, noNullPrototype: true }),
      required: fc.uniqueArray(names, { maxLength: 2 }),
      more: optional({
        additionalProperties: tie('schema'),
        patternProperties: fc.dictionary(fc.constantFrom('^c', 'o', 'b$'), tie('schema'), {
          maxKeys: 2,
          noNullPrototype: true,
        }),
        minProperties: small,
        maxProperties: small,
      }),
    })
    .map(({ properties, required, more }) => ({
      type: 'object' as const,
      properties,
      required,
      ...more,
    })),
  // Keywords without a type bind only the values that they are about.
  loose: optional({
    minLength: small,
    pattern: fc.constantFrom('^a', 'b$', '^.$'),
    maximum: small,
    multipleOf: fc.constantFrom(1, 2),
    items: tie('schema'),
    uniqueItems: fc.boolean(),
    maxItems: small,
    properties: fc.dictionary(names, tie('schema'), { maxKeys: 2, noNullPrototype: true }),
    minProperties: small,
    enum: fc.uniqueArray(scalars, { minLength: 1, maxLength: 4 }),
  }) as fc.Arbitrary<JsonSchema>, // cast: exact optional keys
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<JsonSchema>({ type: 'null' }, { type: 'boolean' }, {}),
    fc
      .record({
        type: fc.constantFrom('integer' as const, 'number' as const),
        bounds: optional({
          minimum: small,
          maximum: small,
          exclusiveMinimum: small,
          exclusiveMaximum: small,
          multipleOf: fc.integer({ min: 1, max: 3 }),
        }),
      })
      .map(({ type, bounds }) => ({ type, ...bounds })),
    optional({
      minLength: small,
      maxLength: small,
      pattern: fc.constantFrom('^a', 'b$', '^.$'),
    }).map((keywords) => ({
      type: 'string' as const,
      ...keywords,
    })),
    scalars.map((value) => ({ const: value })),
    fc.uniqueArray(scalars, { minLength: 1, maxLength: 3 }).map((list) => ({ enum: list })),
    fc.constantFrom<JsonSchema>({ $ref: '#/$defs/Tree' }, { $ref: '#/$defs/Json' }),
    optional({
      items: fc.oneof(tie('schema'), fc.constant(false as const)),
      prefixItems: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
      minItems: small,
      maxItems: small,
      uniqueItems: fc.boolean(),
    }).map((keywords) => ({ type: 'array' as const, ...keywords }) as JsonSchema), // cast: exact optional keys
    tie('object'),
    tie('loose'),
    fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    fc.array(tie('schema'), { minLength: 1, maxLength: 2 }).map((allOf) => ({ allOf })),
  ),
})).schema

/** Values that often fit, so that both answers are met. */
function fitting(schema: JsonSchema, depth = 0): fc.Arbitrary<unknown> {
  if (depth > 4) return values
  if (schema.$ref !== undefined)
    return fitting($defs[schema.$ref.slice('#/$defs/'.length)] ?? {}, depth + 1)
  if (schema.anyOf !== undefined)
    return fc.oneof(...schema.anyOf.map((member) => fitting(member, depth)))
  if (schema.allOf !== undefined)
    return fc.oneof(...schema.allOf.map((member) => fitting(member, depth)))
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  if ('const' in schema) return fc.constant(schema.const)
  if (schema.type === 'array') {
    const items =
      schema.items === false || schema.items === undefined
        ? values
        : fitting(schema.items, depth + 1)
    const prefix = (schema.prefixItems ?? []).map((item) => fitting(item, depth + 1))
    return fc
      .tuple(fc.tuple(...prefix), fc.array(items, { maxLength: 3 }))
      .map(([first, rest]) => [...first, ...rest])
  }
  if (schema.type === 'object') {
    const declared = Object.entries(schema.properties ?? {}).map(([name, property]) =>
      fc.tuple(fc.constant(name), fitting(property, depth + 1)),
    )
    const others = fc.array(
      fc.tuple(names, fitting(schema.additionalProperties ?? {}, depth + 1)),
      { maxLength: 2 },
    )
    return fc
      .tuple(others, fc.tuple(...declared))
      .map(([more, own]) => Object.fromEntries([...more, ...own]))
  }
  return values
}

const cases = schemas.chain((schema) =>
  fc.tuple(fc.constant(schema), fc.oneof(values, fitting(schema), fitting(schema))),
)

test('the codec accepts what ajv accepts, and says what is wrong with the rest', () => {
  const seen = { accepted: 0, refused: 0 }
  fc.assert(
    fc.property(cases, ([schema, generated]) => {
      const json: unknown = JSON.parse(JSON.stringify(generated))
      // Null prototypes and shared objects of generated schemas are gone after a round trip.
      const plain = JSON.parse(JSON.stringify(schema)) as JsonSchema
      // Without ownProperties ajv finds a missing `toString` on the prototype.
      const ajv = new Ajv2020({ strict: false, validateSchema: false, ownProperties: true })
      const expected = ajv.validate({ ...plain, $defs }, json)
      const decoded = createCodec(plain, $defs).decode(json)
      seen[expected ? 'accepted' : 'refused']++
      const issues = decoded.ok ? [] : decoded.issues
      expect({ ok: decoded.ok, issues }).toEqual({ ok: expected, issues })
      expect(issues.length > 0).toBe(!expected)
      const value = decoded.ok ? decoded.value : json
      // A property that counted for minProperties may have been dropped.
      if (JSON.stringify(plain).includes('Properties"')) return
      // What was dropped was not declared: the value still fits, and nothing more goes.
      expect(ajv.validate({ ...plain, $defs }, value)).toBe(expected)
      expect(createCodec(plain, $defs).decode(value)).toEqual(decoded)
    }),
    { numRuns: 600 },
  )
  expect(seen.accepted).toBeGreaterThan(50)
  expect(seen.refused).toBeGreaterThan(50)
})
