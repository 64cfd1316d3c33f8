import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromValueText, textKindOf, toValueText } from './value-text.ts'

test('a type of one JSON kind has a plain text, every other its RFC 8785 text', () => {
  expect(textKindOf({ type: 'integer' }, {})).toBe('number')
  expect(textKindOf({ enum: ['a', 'b'] }, {})).toBe('string')
  expect(textKindOf({ enum: ['a', 1] }, {})).toBe('json')
  expect(textKindOf({ $ref: '#/$defs/Id' }, { Id: { type: 'string' } })).toBe('string')
  expect(textKindOf({ anyOf: [{ type: 'string' }, { type: 'null' }] }, {})).toBe('json')
  expect(toValueText('5', 'string')).toBe('5')
  expect(toValueText('5', 'json')).toBe('"5"')
})

test.each([
  ['05', 'number'],
  ['1e1', 'number'],
  ['+1', 'number'],
  [' 1', 'number'],
  ['TRUE', 'boolean'],
  ['1', 'boolean'],
  ['{ "a":1}', 'json'],
  ['NaN', 'number'],
] as const)('"%s" is another spelling of a %s and is refused', (text, kind) => {
  expect(() => fromValueText(text, kind, 'page')).toThrow(
    expect.objectContaining({ code: 'BAD_REQUEST' }),
  )
})

test('text and value are one to one', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean()),
      (value) => {
        const kind = typeof value === 'number' ? 'number' : 'boolean'
        expect(fromValueText(toValueText(value, kind), kind, 'x')).toBe(
          Object.is(value, -0) ? 0 : value,
        )
      },
    ),
  )
})

test('a text that stands for no value is misspelt, whatever JSON.parse makes of it', () => {
  for (const [text, kind] of [
    ['1e999', 'number'],
    ['-1e999', 'number'],
    ['"\\ud800"', 'json'],
    ['[1e999]', 'json'],
    [`${'['.repeat(300)}${']'.repeat(300)}`, 'json'],
  ] as const) {
    expect(() => fromValueText(text, kind, 'page')).toThrow(
      expect.objectContaining({ code: 'BAD_REQUEST' }),
    )
  }
})
