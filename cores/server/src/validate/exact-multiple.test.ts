import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isMultipleOf } from './exact-multiple.ts'

test.each([
  [19.99, 0.01, true],
  [19.999, 0.01, false],
  [0.3, 0.1, true],
  [1e22, 0.3, false],
  [1e308, 0.5, true],
  [-1.5, 0.5, true],
  [0, 7, true],
  [5e-324, 1, false],
])('%d in steps of %d is %s', (value, step, expected) => {
  expect(isMultipleOf(value, step)).toBe(expected)
})

test('hundredths are multiples of a hundredth, however they are written', () => {
  fc.assert(
    fc.property(fc.integer(), (cents) => {
      expect(isMultipleOf(Number((cents / 100).toFixed(2)), 0.01)).toBe(true)
    }),
  )
})
