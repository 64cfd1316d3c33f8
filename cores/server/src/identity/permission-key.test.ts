import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { permissionKey } from './permission-key.ts'
import type { Principal } from './principal.ts'

const plain: Principal = { id: '5', staff: false, superuser: false }
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

test('pkey is the digest that PROTOCOL section 7 names', () => {
  expect(permissionKey(plain)).toBe(sha256('{"perms":[],"staff":false,"super":false}'))
  const admin = { ...plain, staff: true, superuser: true, scopes: ['b', 'a', 'b'] }
  expect(permissionKey(admin)).toBe(sha256('{"perms":["a","b"],"staff":true,"super":true}'))
})

test('who somebody is says nothing, what they may see everything', () => {
  expect(permissionKey({ ...plain, id: '6' })).toBe(permissionKey(plain))
  const keys = [
    plain,
    { ...plain, staff: true },
    { ...plain, superuser: true },
    { ...plain, scopes: ['a'] },
    { ...plain, tenant: 'a' },
    { ...plain, tenant: 'b' },
    { ...plain, attributes: { plan: 'free' } },
    { ...plain, attributes: { plan: 'paid' } },
  ].map(permissionKey)
  expect(new Set(keys).size).toBe(keys.length)
})
