import type { JsonSchema } from '@mizan/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCodec, maximumIssues } from './codec.ts'

const date: JsonSchema = { type: 'string', format: 'date-time', 'x-mizan': 'date' }
const bigint: JsonSchema = { type: 'string', 'x-mizan': 'bigint' }
const bytes: JsonSchema = { type: 'string', 'x-mizan': 'bytes' }
const nothing: JsonSchema = { type: 'null', 'x-mizan': 'void' }
const setOf = (items: JsonSchema): JsonSchema => ({ type: 'array', items, 'x-mizan': 'set' })
const mapOf = (key: JsonSchema, value: JsonSchema): JsonSchema => ({
  type: 'array',
  items: { type: 'array', prefixItems: [key, value], minItems: 2, maxItems: 2 },
  'x-mizan': 'map',
})
const objectOf = (
  properties: Record<string, JsonSchema>,
  required = Object.keys(properties),
): JsonSchema => ({
  type: 'object',
  properties,
  required,
})

function decode(
  schema: JsonSchema,
  json: unknown,
  $defs: Record<string, JsonSchema> = {},
): unknown {
  const decoded = createCodec(schema, $defs).decode(json)
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.issues))
  return decoded.value
}

function issuesOf(
  schema: JsonSchema,
  json: unknown,
  $defs: Record<string, JsonSchema> = {},
): string[] {
  const decoded = createCodec(schema, $defs).decode(json)
  if (decoded.ok) throw new Error(`accepted ${JSON.stringify(json)}`)
  return decoded.issues.map(({ path, message }) => `${path} ${message}`.trim())
}

describe('kinds', () => {
  test('a date-time becomes a Date and comes back in UTC with milliseconds', () => {
    const codec = createCodec(date, {})
    const decoded = codec.decode('2024-02-29T23:30:00+02:00')
    expect(decoded).toEqual({ ok: true, value: new Date('2024-02-29T21:30:00.000Z') })
    expect(codec.encode(new Date('2024-02-29T21:30:00Z'))).toBe('2024-02-29T21:30:00.000Z')
  })

  test('a bigint is a decimal string in its one spelling', () => {
    expect(decode(bigint, '-9007199254740993')).toBe(-9007199254740993n)
    for (const text of ['', '05', '-0', '+1', '1.0', '0x10', ' 1', 1, '9'.repeat(1001)]) {
      expect(issuesOf(bigint, text)[0]).toMatch(/^must be a decimal integer in a string, got /)
    }
  })

  test('bytes are base64 in its one spelling, and a Uint8Array of their own', () => {
    const value = decode(bytes, 'AAEC/w==')
    expect(value).toEqual(new Uint8Array([0, 1, 2, 255]))
    expect(Object.getPrototypeOf(value)).toBe(Uint8Array.prototype)
    for (const text of ['AAEC/w', 'AAEC/x==', 'AAEC_w==', 'AA EC/w==', 'AAEC\n/w==', 5]) {
      expect(issuesOf(bytes, text)).toHaveLength(1)
    }
  })

  test('maps and sets refuse what they could not tell apart', () => {
    const map = mapOf({ type: 'string' }, date)
    expect(decode(map, [['a', '2020-01-01T00:00:00Z']])).toEqual(
      new Map([['a', new Date('2020-01-01T00:00:00Z')]]),
    )
    expect(
      issuesOf(map, [
        ['a', '2020-01-01T00:00:00Z'],
        ['a', '2021-01-01T00:00:00Z'],
      ]),
    ).toEqual(['must not hold a key twice'])
    expect(issuesOf(map, [['a']])).toEqual(['0 must have at least 2 items, got 1'])
    expect(decode(setOf({ type: 'integer' }), [1, 2])).toEqual(new Set([1, 2]))
    expect(issuesOf(setOf({ type: 'integer' }), [1, 1])).toEqual(['must not hold a value twice'])
  })

  test('void is null on the wire', () => {
    expect(decode(nothing, null)).toBeUndefined()
    expect(createCodec(nothing, {}).encode(undefined)).toBeNull()
    expect(createCodec({ anyOf: [date, nothing] }, {}).encode(undefined)).toBeNull()
  })

  test('a property that may be undefined may be absent', () => {
    const schema = objectOf({ at: { anyOf: [date, nothing] }, name: { type: 'string' } })
    expect(decode(schema, { name: 'a' })).toEqual({ name: 'a' })
    expect(createCodec(schema, {}).encode({ name: 'a', at: undefined })).toEqual({ name: 'a' })
  })

  test('a value goes out and comes back as it was', () => {
    const schema = objectOf(
      {
        at: date,
        big: bigint,
        data: bytes,
        byName: mapOf({ type: 'string' }, setOf(bigint)),
        list: { type: 'array', items: { anyOf: [date, { type: 'null' }] } },
        maybe: { anyOf: [objectOf({ at: date }), { type: 'number' }] },
      },
      ['at', 'big', 'data', 'byName', 'list'],
    )
    const codec = createCodec(schema, {})
    const dates = fc.date({
      min: new Date('0000-01-01'),
      max: new Date('9999-12-31'),
      noInvalidDate: true,
    })
    const values = fc.record(
      {
        at: dates,
        big: fc.bigInt(),
        data: fc.uint8Array(),
        byName: fc
          .array(
            fc.tuple(
              fc.string(),
              fc.array(fc.bigInt()).map((items) => new Set(items)),
            ),
          )
          .map((pairs) => new Map(pairs)),
        list: fc.array(fc.option(dates)),
        maybe: fc.oneof(
          fc.record({ at: dates }),
          fc.double({ noNaN: true, noDefaultInfinity: true }),
        ),
      },
      { requiredKeys: ['at', 'big', 'data', 'byName', 'list'] },
    )
    fc.assert(
      fc.property(values, (value) => {
        const json: unknown = JSON.parse(JSON.stringify(codec.encode(value)))
        // JSON has no minus zero.
        expect(codec.decode(json)).toEqual({
          ok: true,
          value: value.maybe === 0 ? { ...value, maybe: 0 } : value,
        })
      }),
    )
  })
})

describe('issues', () => {
  test('an issue names its dotted path, what is expected, and the offending value cut short', () => {
    const schema = objectOf({
      filter: objectOf({ tags: { type: 'array', items: { type: 'string' } } }),
    })
    const decoded = createCodec(schema, {}).decode({ filter: { tags: [5] } })
    expect(decoded).toEqual({
      ok: false,
      issues: [{ path: 'filter.tags.0', message: 'must be a string, got 5', expected: 'string' }],
    })
    expect(issuesOf({ type: 'integer' }, 'x'.repeat(100))).toEqual([
      `must be an integer, got "${'x'.repeat(40)}…"`,
    ])
  })

  test('all issues are told, up to a cap', () => {
    expect(issuesOf(objectOf({ a: { type: 'integer' }, b: date }), { a: 'x' })).toEqual([
      'a must be an integer, got "x"',
      'b is required',
    ])
    const list: JsonSchema = { type: 'array', items: { type: 'integer' } }
    expect(
      issuesOf(
        list,
        Array.from({ length: 1000 }, () => 'x'),
      ),
    ).toHaveLength(maximumIssues)
  })

  test.each<[JsonSchema, unknown, string]>([
    [{ type: 'integer' }, 1.5, 'must be an integer, got 1.5'],
    [
      { type: 'integer' },
      9007199254740992,
      'must be an integer of at most 2^53 - 1, got 9007199254740992',
    ],
    [{ type: 'number' }, Number.POSITIVE_INFINITY, 'must be a number, got Infinity'],
    [{ type: 'number', minimum: 3 }, 2, 'must be at least 3, got 2'],
    [{ type: 'number', exclusiveMaximum: 3 }, 3, 'must be less than 3, got 3'],
    [{ type: 'string', maxLength: 1 }, 'ab', 'must have at most 1 character, got 2'],
    [{ type: 'string', minLength: 2 }, '😀', 'must have at least 2 characters, got "😀"'],
    [{ type: 'string', pattern: '^a$' }, 'b', 'must match /^a$/u, got "b"'],
    [{ type: 'string' }, 'a\ud800', 'must not hold a lone surrogate'],
    [{}, 'a\ud800', 'must not hold a lone surrogate'],
    [{ type: 'string', format: 'email' }, 'me', 'must be an email address, got "me"'],
    [{ enum: ['open', 'done'] }, 'x', 'must be "open" or "done", got "x"'],
    [
      { anyOf: [{ type: 'integer' }, { type: 'null' }] },
      'x',
      'must be an integer or null, got "x"',
    ],
    [{ type: 'array', maxItems: 1 }, [1, 2], 'must have at most 1 item, got 2'],
    [{ type: 'array', prefixItems: [{}], items: false }, [1, 2], 'must have at most 1 item, got 2'],
  ])('%j refuses %j', (schema, json, message) => {
    expect(issuesOf(schema, json)).toEqual([message])
  })

  test('nesting has a limit, for declared and for unknown types', () => {
    let json: unknown = []
    for (let depth = 0; depth < 5000; depth++) json = [json]
    const $defs = { Nest: { type: 'array', items: { $ref: '#/$defs/Nest' } } } as const
    expect(issuesOf({ $ref: '#/$defs/Nest' }, json, $defs)[0]).toMatch(
      /must not be nested more than 100 deep$/,
    )
    expect(issuesOf({}, json)[0]).toMatch(/must not be nested more than 100 deep$/)
  })
})

describe('objects', () => {
  test('undeclared properties are dropped, except from records and unknown values', () => {
    expect(decode(objectOf({ a: { type: 'integer' } }), { a: 1, b: 2 })).toEqual({ a: 1 })
    expect(
      decode({ type: 'object', additionalProperties: { type: 'integer' } }, { a: 1, b: 2 }),
    ).toEqual({ a: 1, b: 2 })
    expect(decode({}, { a: { b: [1] } })).toEqual({ a: { b: [1] } })
  })

  test('no key reaches a prototype', () => {
    const hostile: unknown = JSON.parse(
      '{"__proto__": {"admin": true}, "constructor": {"prototype": 1}, "a": 1}',
    )
    expect(decode(objectOf({ a: { type: 'integer' } }), hostile)).toEqual({ a: 1 })
    expect(issuesOf({}, hostile)).toEqual(['__proto__ is not allowed as a name'])
    expect(issuesOf({ type: 'object', additionalProperties: {} }, { deep: hostile })).toEqual([
      'deep.__proto__ is not allowed as a name',
    ])
    const kept = decode({}, JSON.parse('{"constructor": 1}'))
    expect(Object.getPrototypeOf(kept)).toBe(Object.prototype)
    expect(Object.hasOwn(kept as object, 'constructor')).toBe(true)
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined()
  })

  test('a missing property is not read from the prototype', () => {
    const schema = objectOf({ constructor: {}, toString: {} }, [])
    expect(decode(schema, {})).toEqual({})
    expect(issuesOf(objectOf({ constructor: {} }), {})).toEqual(['constructor is required'])
  })

  test('a conjunction is the union of what its parts declare', () => {
    const $defs = { Named: objectOf({ name: { type: 'string' }, at: date }) }
    const schema: JsonSchema = {
      allOf: [{ $ref: '#/$defs/Named' }, objectOf({ age: { type: 'integer' }, at: date })],
    }
    const json = { name: 'a', age: 1, at: '2020-01-01T00:00:00.000Z', other: 1 }
    const value = { name: 'a', age: 1, at: new Date('2020-01-01T00:00:00Z') }
    expect(decode(schema, json, $defs)).toEqual(value)
    expect(createCodec(schema, $defs).encode(value)).toEqual({
      name: 'a',
      age: 1,
      at: '2020-01-01T00:00:00.000Z',
    })
    expect(issuesOf(schema, { name: 1, age: 'x', at: json.at }, $defs)).toHaveLength(2)
  })
})

describe('unions', () => {
  const circle = objectOf({ kind: { const: 'circle' }, at: date })
  const square = objectOf({ kind: { enum: ['square', 'rect'] }, side: { type: 'number' } })

  test('a discriminator chooses the member, and its issues are the ones that are told', () => {
    const shape: JsonSchema = { anyOf: [circle, square, { type: 'null' }] }
    expect(decode(shape, { kind: 'rect', side: 2, at: 1 })).toEqual({ kind: 'rect', side: 2 })
    expect(issuesOf(shape, { kind: 'rect', side: 'x' })).toEqual(['side must be a number, got "x"'])
    expect(issuesOf(shape, { kind: 'oval' })).toEqual([
      'kind must be "circle", "square" or "rect", got "oval"',
    ])
    expect(issuesOf(shape, {})).toEqual(['kind is required'])
    expect(createCodec(shape, {}).encode({ kind: 'circle', at: new Date(0) })).toEqual({
      kind: 'circle',
      at: '1970-01-01T00:00:00.000Z',
    })
  })

  test('discriminators are found through references', () => {
    const $defs = { Circle: circle, Square: square }
    const shape: JsonSchema = { anyOf: [{ $ref: '#/$defs/Circle' }, { $ref: '#/$defs/Square' }] }
    expect(issuesOf(shape, { kind: 'square' }, $defs)).toEqual(['side is required'])
  })

  test('without a discriminator the first member that decodes is taken', () => {
    const either: JsonSchema = {
      anyOf: [objectOf({ a: { type: 'string' } }), objectOf({ b: { type: 'string' } })],
    }
    expect(decode(either, { b: 'x' })).toEqual({ b: 'x' })
    expect(decode(either, { a: 'y', b: 'x' })).toEqual({ a: 'y' })
    expect(issuesOf(either, { c: 1 })).toEqual([
      'must be an object of one of its 2 shapes, got an object',
    ])
    expect(decode({ anyOf: [date, { type: 'string' }] }, 'no date')).toBe('no date')
  })

  test('a recursive union whose members differ late costs no more than its size', () => {
    const member = (name: string): JsonSchema =>
      objectOf({ next: { $ref: '#/$defs/Chain' }, [name]: {} }, [name])
    const $defs = { Chain: { anyOf: [member('a'), member('b'), member('c')] } }
    let json: Record<string, unknown> = { c: 1 }
    for (let depth = 0; depth < 90; depth++) json = { next: json, c: 1 }
    expect(createCodec({ $ref: '#/$defs/Chain' }, $defs).decode(json).ok).toBe(true)
    let bad: Record<string, unknown> = { d: 1 }
    for (let depth = 0; depth < 90; depth++) bad = { next: bad, c: 1 }
    expect(issuesOf({ $ref: '#/$defs/Chain' }, bad, $defs)).toHaveLength(1)
  })
})

describe('references', () => {
  test('a type may contain itself', () => {
    const $defs = {
      Tree: objectOf({ at: date, children: { type: 'array', items: { $ref: '#/$defs/Tree' } } }, [
        'at',
      ]),
    }
    const codec = createCodec({ $ref: '#/$defs/Tree' }, $defs)
    const json = { at: '2020-01-01T00:00:00.000Z', children: [{ at: '2021-01-01T00:00:00.000Z' }] }
    const decoded = codec.decode(json)
    expect(decoded).toEqual({
      ok: true,
      value: { at: new Date(json.at), children: [{ at: new Date('2021-01-01T00:00:00Z') }] },
    })
    expect(codec.encode(decoded.ok && decoded.value)).toEqual(json)
  })

  test('a reference to nothing and a type defined as itself are refused at once', () => {
    expect(() => createCodec({ $ref: '#/$defs/Gone' }, {})).toThrow(
      new TypeError('schema refers to #/$defs/Gone, which $defs does not hold'),
    )
    const $defs: Record<string, JsonSchema> = {
      Self: { anyOf: [{ $ref: '#/$defs/Self' }, { type: 'null' }] },
    }
    expect(() => createCodec({ $ref: '#/$defs/Self' }, $defs)).toThrow(
      new TypeError('#/$defs/Self is defined as itself'),
    )
  })
})
