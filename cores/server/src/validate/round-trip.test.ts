/** Every kind of value, nested in every container, out through the encoder, as JSON, and back. */

import type { JsonSchema } from '@mizan/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCodec } from './codec.ts'

/** A type, and values of it. */
interface Typed {
  readonly schema: JsonSchema
  readonly values: fc.Arbitrary<unknown>
}

const dates = fc.date({
  min: new Date('0000-01-01'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
})
const texts = fc.string({ unit: 'grapheme' })
// JSON has no minus zero.
const numbers = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((value) => (value === 0 ? 0 : value))

const scalars: readonly Typed[] = [
  { schema: { type: 'string', format: 'date-time', 'x-mizan': 'date' }, values: dates },
  { schema: { type: 'string', 'x-mizan': 'bigint' }, values: fc.bigInt() },
  { schema: { type: 'string', format: 'byte', 'x-mizan': 'bytes' }, values: fc.uint8Array() },
  { schema: { type: 'null', 'x-mizan': 'void' }, values: fc.constant(undefined) },
  { schema: { type: 'string' }, values: texts },
  { schema: { type: 'number' }, values: numbers },
  { schema: { type: 'boolean' }, values: fc.boolean() },
  { schema: { type: 'null' }, values: fc.constant(null) },
  { schema: {}, values: fc.constantFrom<unknown>(1, 'a', null, [1], { a: { b: [true] } }) },
]

const types = fc.letrec<{ type: Typed }>((tie) => ({
  type: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...scalars),
    tie('type').map(arrayOf),
    fc.tuple(tie('type'), tie('type')).map(([first, second]) => tupleOf(first, second)),
    tie('type').map(recordOf),
    tie('type').map(patternOf),
    fc.constantFrom(...scalars.slice(1, 2), ...scalars.slice(4, 7)).map(setOf),
    tie('type').map(mapOf),
    fc.tuple(tie('type'), tie('type')).map(([a, b]) => objectOf({ a, b })),
    fc.tuple(tie('type'), tie('type')).map(([a, b]) => bothOf({ a }, { b })),
    fc.tuple(tie('type'), tie('type')).map(([a, b]) => eitherOf(a, b)),
  ),
})).type

function arrayOf({ schema, values }: Typed): Typed {
  return { schema: { type: 'array', items: schema }, values: fc.array(values, { maxLength: 3 }) }
}

function tupleOf(first: Typed, second: Typed): Typed {
  const prefixItems = [first.schema, second.schema]
  return {
    schema: { type: 'array', prefixItems, items: false, minItems: 2 },
    values: fc.tuple(first.values, second.values),
  }
}

function recordOf({ schema, values }: Typed): Typed {
  const names = texts.filter((name) => name !== '__proto__')
  return {
    schema: { type: 'object', additionalProperties: schema },
    values: fc.dictionary(names, values, { maxKeys: 3, noNullPrototype: true }),
  }
}

function patternOf({ schema, values }: Typed): Typed {
  const names = fc.constantFrom('data-a', 'data-b', 'data-constructor')
  return {
    schema: { type: 'object', patternProperties: { '^data-': schema } },
    values: fc.dictionary(names, values, { maxKeys: 3, noNullPrototype: true }),
  }
}

function setOf({ schema, values }: Typed): Typed {
  return {
    schema: { type: 'array', items: schema, 'x-mizan': 'set' },
    values: fc.array(values, { maxLength: 3 }).map((items) => new Set(items)),
  }
}

function mapOf({ schema, values }: Typed): Typed {
  const pair = { prefixItems: [{ type: 'string' }, schema], minItems: 2, maxItems: 2 } as const
  return {
    schema: { type: 'array', items: { type: 'array', ...pair }, 'x-mizan': 'map' },
    values: fc.array(fc.tuple(texts, values), { maxLength: 3 }).map((pairs) => new Map(pairs)),
  }
}

function objectOf(members: Readonly<Record<string, Typed>>): Typed {
  const entries = Object.entries(members)
  return {
    schema: {
      type: 'object',
      properties: Object.fromEntries(entries.map(([name, { schema }]) => [name, schema])),
      required: Object.keys(members),
    },
    values: fc.record(Object.fromEntries(entries.map(([name, { values }]) => [name, values])), {
      noNullPrototype: true,
    }),
  }
}

function bothOf(
  left: Readonly<Record<string, Typed>>,
  right: Readonly<Record<string, Typed>>,
): Typed {
  return {
    schema: { allOf: [objectOf(left).schema, objectOf(right).schema] },
    values: objectOf({ ...left, ...right }).values,
  }
}

/** Told apart by a property, as the compiler asks of members that look alike. */
function eitherOf(left: Typed, right: Typed): Typed {
  const tagged = (tag: string, value: Typed): Typed =>
    objectOf({ tag: { schema: { const: tag }, values: fc.constant(tag) }, value })
  const members = [tagged('left', left), tagged('right', right)]
  return {
    schema: { anyOf: members.map(({ schema }) => schema) },
    values: fc.oneof(...members.map(({ values }) => values)),
  }
}

/** An absent property is the wire form of `undefined`, and what comes back is absent. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined)
  if (value instanceof Map)
    return new Map([...value].map(([key, item]) => [key, withoutUndefined(item)]))
  if (
    value === null ||
    typeof value !== 'object' ||
    Object.getPrototypeOf(value) !== Object.prototype
  )
    return value
  const kept = Object.entries(value).filter(([, item]) => item !== undefined)
  return Object.fromEntries(kept.map(([name, item]) => [name, withoutUndefined(item)]))
}

test('every value comes back as it was, of the class that it was, and in refuse mode too', () => {
  const cases = types.chain((type) => fc.tuple(fc.constant(type.schema), type.values))
  fc.assert(
    fc.property(cases, ([schema, value]) => {
      const codec = createCodec(schema, {}, { unknownProperties: 'refuse' })
      const json: unknown = JSON.parse(JSON.stringify(codec.encode(value)) ?? 'null')
      const decoded = codec.decode(json)
      expect(decoded.ok ? [] : decoded.issues).toEqual([])
      expect(withoutUndefined(decoded.ok && decoded.value)).toStrictEqual(withoutUndefined(value))
      // What came back goes out again as the same bytes.
      expect(JSON.stringify(codec.encode(decoded.ok && decoded.value))).toBe(JSON.stringify(json))
    }),
    { numRuns: 500 },
  )
})
