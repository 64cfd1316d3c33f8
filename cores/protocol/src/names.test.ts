import { expect, test } from 'vitest'
import { fromWireName, toWireName } from './names.ts'
import vectors from './vectors/names.json' with { type: 'json' }

test.each(vectors.cases)('%s is %s on the wire', (name, wire) => {
  expect(toWireName(name as string)).toBe(wire)
})

test('a wire name comes back as the camelCase name that clients use', () => {
  expect(fromWireName('user_profile')).toBe('userProfile')
  expect(fromWireName('get_v2_items')).toBe('getV2Items')
  expect(fromWireName('echo')).toBe('echo')
})

test('names that JavaScript gives a meaning have a wire form or none, but never reach an object', () => {
  expect(toWireName('__proto__')).toBeNull()
  expect(toWireName('constructor')).toBe('constructor')
})
