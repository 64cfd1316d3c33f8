import type { ArtifactParam, JsonSchema } from '@mizan/protocol'
import { expect, test } from 'vitest'
import { toLimits } from '../limits.ts'
import { toFieldPath, toFieldTree } from './field-tree.ts'
import { fromFields } from './from-fields.ts'

const date: JsonSchema = { type: 'string', format: 'date-time', 'x-mizan': 'date' }
const $defs: Readonly<Record<string, JsonSchema>> = {
  Node: {
    type: 'object',
    properties: { name: { type: 'string' }, child: { $ref: '#/$defs/Node' } },
    required: ['name'],
  },
}

function convert(schema: JsonSchema, query: string, required = true): unknown {
  const param: ArtifactParam = { name: 'x', key: 'x', schema, required }
  const tree = toFieldTree([...new URLSearchParams(query)], toLimits())
  return fromFields([param], tree, $defs)['x']
}

test.each<[string, string, unknown, JsonSchema]>([
  ['a number', 'x=1.50', 1.5, { type: 'number' }],
  ['a number with spaces', 'x=+7+', 7, { type: 'integer' }],
  ['a large exponent stays a text', 'x=1e9999', '1e9999', { type: 'number' }],
  ['no number', 'x=five', 'five', { type: 'number' }],
  ['an empty number', 'x=', undefined, { type: 'number' }],
  ['hexadecimal is no number', 'x=0x10', '0x10', { type: 'number' }],
  [
    'a bigint stays its text',
    'x=9007199254740993',
    '9007199254740993',
    { type: 'string', 'x-mizan': 'bigint' },
  ],
  ['an empty text', 'x=', '', { type: 'string' }],
  ['the last of two texts', 'x=a&x=b', 'b', { type: 'string' }],
  ['a hidden no before a ticked box', 'x=false&x=true', true, { type: 'boolean' }],
  ['a hidden no alone', 'x=false', false, { type: 'boolean' }],
  ['no boolean', 'x=perhaps', 'perhaps', { type: 'boolean' }],
  ['a day', 'x=2026-01-02', '2026-01-02T00:00:00.000Z', date],
  ['a local time', 'x=2026-01-02T03:04', '2026-01-02T03:04:00.000Z', date],
  ['a local time with fractions', 'x=2026-01-02T03:04:05.6', '2026-01-02T03:04:05.600Z', date],
  ['a time with its zone', 'x=2026-01-02T03:04:05Z', '2026-01-02T03:04:05Z', date],
  ['an enum of numbers', 'x=2', 2, { enum: [1, 2] }],
  ['what no enum holds', 'x=9', '9', { enum: [1, 2] }],
  [
    'a nullable number that is empty',
    'x=',
    null,
    { anyOf: [{ type: 'number' }, { type: 'null' }] },
  ],
  ['a number or a text, a number', 'x=5', 5, { anyOf: [{ type: 'number' }, { type: 'string' }] }],
  ['a number or a text, a text', 'x=a', 'a', { anyOf: [{ type: 'number' }, { type: 'string' }] }],
  ['a list of one', 'x=a', ['a'], { type: 'array', items: { type: 'string' } }],
  ['a list by brackets', 'x[]=1&x[]=2', [1, 2], { type: 'array', items: { type: 'number' } }],
  [
    'a list by numbers, out of order',
    'x.10=b&x.9=a',
    ['a', 'b'],
    { type: 'array', items: { type: 'string' } },
  ],
  [
    'a list that is huge by its number only',
    'x[999999999]=a',
    ['a'],
    { type: 'array', items: { type: 'string' } },
  ],
  [
    'a record',
    'x[a]=1&x[b]=2',
    { a: 1, b: 2 },
    { type: 'object', additionalProperties: { type: 'number' } },
  ],
  [
    'a map',
    'x[a]=1',
    [['a', 1]],
    {
      type: 'array',
      'x-mizan': 'map',
      items: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }], items: false },
    },
  ],
  [
    'a type within itself',
    'x.name=a&x.child.name=b',
    { name: 'a', child: { name: 'b' } },
    { $ref: '#/$defs/Node' },
  ],
])('%s', (_, query, value, schema) => {
  expect(convert(schema, query)).toEqual(value)
})

test('where nothing was sent, only what needs no value has one', () => {
  expect(convert({ type: 'boolean' }, '')).toBe(false)
  expect(convert({ type: 'boolean' }, '', false)).toBeUndefined()
  expect(convert({ type: 'array' }, '')).toEqual([])
  expect(convert({ type: 'array' }, '', false)).toBeUndefined()
  expect(convert({ type: 'string' }, '')).toBeUndefined()
})

test('a name that reaches for a prototype is a name', () => {
  const open: JsonSchema = { type: 'object', additionalProperties: { type: 'string' } }
  const value = convert(open, 'x[__proto__]=1&x[constructor]=2') as object
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  expect(Object.keys(value)).toEqual(['__proto__', 'constructor'])
})

test.each([
  ['a', ['a']],
  ['a[b][0]', ['a', 'b', '0']],
  ['a.b.0', ['a', 'b', '0']],
  ['a[]', ['a']],
  ['a[][b]', ['a[][b]']],
  ['.', ['.']],
  ['', ['']],
])('the path of %j', (name, path) => {
  expect(toFieldPath(name)).toEqual(path)
})
