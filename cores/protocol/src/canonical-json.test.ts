import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson } from './canonical-json.ts'

test('keys are sorted by UTF-16 code units at every level (RFC 8785 section 3.2.3)', () => {
  expect(
    canonicalJson({
      b: { d: 1, c: 2 },
      a: [{ z: 1, y: 2 }],
      '\u20ac': 1,
      '\ufb33': 2,
      '\ud83d\ude00': 3,
    }),
  ).toBe('{"a":[{"y":2,"z":1}],"b":{"c":2,"d":1},"\u20ac":1,"\ud83d\ude00":3,"\ufb33":2}')
})

test('numbers are printed as ECMAScript prints them', () => {
  expect(canonicalJson([1e21, 1e-7, -0, JSON.parse('333333333.33333329'), 4.5])).toBe(
    '[1e+21,1e-7,0,333333333.3333333,4.5]',
  )
})

test('undefined properties are absent', () => {
  expect(canonicalJson({ a: undefined, b: null })).toBe('{"b":null}')
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, '\ud800', { '\udc00': 1 }, 1n, () => 1])(
  '%s has no canonical text',
  (value) => {
    expect(() => canonicalJson(value)).toThrow(
      expect.objectContaining({ code: 'VALIDATION_FAILED' }),
    )
  },
)

test('deep nesting is refused before the stack is', () => {
  let deep: unknown = 1
  for (let level = 0; level < 100_000; level += 1) deep = [deep]
  expect(() => canonicalJson(deep)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }))
})

test('equal values have equal texts, whatever the order of their keys', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }).filter(isWellFormedValue), (value) => {
      const shuffled: unknown = JSON.parse(JSON.stringify(value), reverseKeys)
      expect(canonicalJson(shuffled)).toBe(canonicalJson(value))
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

function isWellFormedValue(value: unknown): boolean {
  return JSON.stringify(value).isWellFormed() && !/\\ud[89a-f]/i.test(JSON.stringify(value))
}

function reverseKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).reverse())
}
