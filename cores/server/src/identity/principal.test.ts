import { expect, test } from 'vitest'
import { type Principal, principalKey } from './principal.ts'

const plain: Principal = { id: '5', staff: false, superuser: false }

test('a principal of nothing but an id has no key of its own', () => {
  expect(principalKey(plain)).toBeUndefined()
  expect(principalKey({ ...plain, id: '6', scopes: [], attributes: {} })).toBeUndefined()
})

test('whatever else a function may read of the principal changes the key', () => {
  const keys = [
    { ...plain, staff: true },
    { ...plain, superuser: true },
    { ...plain, tenant: 'a' },
    { ...plain, tenant: '' },
    { ...plain, scopes: ['a'] },
    { ...plain, scopes: ['a', 'b'] },
    { ...plain, attributes: { plan: 'free' } },
    { ...plain, attributes: { plan: 'paid' } },
  ].map(principalKey)
  expect(new Set(keys).size).toBe(keys.length)
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{64}$/)
})

test('the order of scopes and attributes says nothing', () => {
  expect(principalKey({ ...plain, scopes: ['b', 'a'], attributes: { x: 1, y: 2 } })).toBe(
    principalKey({ ...plain, scopes: ['a', 'b'], attributes: { y: 2, x: 1 } }),
  )
})
