import { expect, test } from 'vitest'
import type { Principal } from './principal.ts'
import { toPrincipal } from './to-principal.ts'

const plain: Principal = { id: '5', staff: false, superuser: false }

test('a principal of JSON passes', () => {
  const attributes = { plan: 'paid', limits: [1, null, { deep: true }], unknown: undefined }
  const bare = Object.assign(Object.create(null) as object, { a: 1 })
  for (const given of [attributes, { bare }, {}])
    expect(() =>
      toPrincipal({ ...plain, tenant: 'a', scopes: ['x'], attributes: given }, 'resolve'),
    ).not.toThrow()
})

test('principals that mean the same are the same, so that a cache may keep one answer for both', () => {
  const one = { ...plain, scopes: ['b', 'a', 'b'], attributes: { y: { d: 1, c: 2 }, x: 1 } }
  const other = { ...plain, scopes: ['a', 'b'], attributes: { x: 1, y: { c: 2, d: 1 } } }
  expect(JSON.stringify(toPrincipal(one, 'resolve'))).toBe(
    JSON.stringify(toPrincipal(other, 'resolve')),
  )
  expect(toPrincipal({ ...plain, scopes: [], attributes: {} }, 'resolve')).toEqual(plain)
})

test('what a cache key does not cover is refused: no function is to see it', () => {
  const given = { ...plain, role: 'admin' }
  expect(() => toPrincipal(given, 'resolve')).toThrow(
    'resolve: role is no property of a principal; put it into attributes',
  )
})

const circle: Record<string, unknown> = {}
circle['self'] = circle

test.each<[string, unknown, string]>([
  ['a Date', { since: new Date() }, 'attributes.since of a principal must be JSON, got Date'],
  ['a Map', { a: { b: [new Map()] } }, 'attributes.a.b[0] of a principal must be JSON, got Map'],
  ['a Set', { a: new Set() }, 'attributes.a of a principal must be JSON, got Set'],
  ['a bigint', { a: 1n }, 'attributes.a of a principal must be JSON, got bigint'],
  ['NaN', { a: Number.NaN }, 'attributes.a of a principal must be JSON, got number'],
  ['a function', { a: () => 1 }, 'attributes.a of a principal must be JSON, got function'],
  ['a class', { a: new (class Plan {})() }, 'attributes.a of a principal must be JSON, got Plan'],
  ['toJSON', { a: { toJSON: 1 } }, 'attributes.a of a principal must be JSON, got Object'],
  ['a lone surrogate', { a: '\ud800' }, 'attributes.a of a principal must be JSON, got string'],
  ['bytes', { a: new Uint8Array(1) }, 'attributes.a of a principal must be JSON, got Uint8Array'],
  ['a circle', circle, 'attributes.self'],
])(
  '%s in attributes is refused by its path: in a cache key it would be {}',
  (_name, given, message) => {
    // cast: what a `resolve` without types may give
    const attributes = given as Readonly<Record<string, unknown>>
    expect(() => toPrincipal({ ...plain, attributes }, 'resolve')).toThrow(message)
  },
)

test.each<[string, unknown]>([
  ['id', { ...plain, id: 5 }],
  ['id', { ...plain, id: '' }],
  ['staff', { ...plain, staff: undefined }],
  ['superuser', { ...plain, superuser: 1 }],
  ['tenant', { ...plain, tenant: 1 }],
  ['scopes', { ...plain, scopes: 'admin' }],
  ['scopes', { ...plain, scopes: [1] }],
  ['attributes', { ...plain, attributes: null }],
  ['attributes', { ...plain, attributes: [] }],
])('%s of another type is refused', (name, given) => {
  // cast: likewise
  expect(() => toPrincipal(given as Principal, 'resolve')).toThrow(`resolve: ${name} of a`)
})
