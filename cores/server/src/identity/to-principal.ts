/** What `resolve` gives, made into a principal that means the same in the key of a cache as in a function. */

import { canonicalJson } from '@mizan/protocol'
import type { Principal } from './principal.ts'

const properties: ReadonlySet<string> = new Set([
  'id',
  'staff',
  'superuser',
  'tenant',
  'scopes',
  'attributes',
])

/**
 * One form for principals that mean the same: scopes sorted and once each, attributes with sorted keys, nothing empty. What
 * a cache key does not cover, functions do not see.
 *
 * @param from who gave it, for the message
 * @throws TypeError for what is no principal, and for attributes that JSON has no form for: a `Date` or a `Map` would be
 *   `{}` in the key of a cache, and two principals one.
 */
export function toPrincipal(given: Principal, from: string): Principal {
  for (const name of Object.keys(given)) {
    if (!properties.has(name))
      throw new TypeError(`${from}: ${name} is no property of a principal; put it into attributes`)
  }
  const { id, staff, superuser, tenant, scopes = [], attributes = {} } = given
  if (!isText(id) || id === '') throw wrong(from, 'id', 'a text that is not empty', id)
  if (typeof staff !== 'boolean') throw wrong(from, 'staff', 'a boolean', staff)
  if (typeof superuser !== 'boolean') throw wrong(from, 'superuser', 'a boolean', superuser)
  if (tenant !== undefined && !isText(tenant)) throw wrong(from, 'tenant', 'a text', tenant)
  if (!(Array.isArray(scopes) && scopes.every(isText)))
    throw wrong(from, 'scopes', 'a list of texts', scopes)
  if (!isPlainObject(attributes)) throw wrong(from, 'attributes', 'an object', attributes)
  assertJson(attributes, { from, path: 'attributes', depth: 0 })
  return Object.freeze({
    id,
    staff,
    superuser,
    ...(tenant === undefined ? {} : { tenant }),
    ...(scopes.length === 0 ? {} : { scopes: Object.freeze([...new Set(scopes)].sort()) }),
    ...(Object.keys(attributes).length === 0
      ? {}
      : // cast: the same attributes, read from their one text
        { attributes: JSON.parse(canonicalJson(attributes)) as Principal['attributes'] & object }),
  })
}

interface Place {
  readonly from: string
  readonly path: string
  readonly depth: number
}

const deepest = 32

function assertJson(value: unknown, place: Place): void {
  const { from, path, depth } = place
  if (value === null || value === undefined || typeof value === 'boolean') return
  if (typeof value === 'string' && value.isWellFormed()) return
  if (typeof value === 'number' && Number.isFinite(value)) return
  if (depth > deepest) throw wrong(from, path, `nested at most ${deepest} deep`, value)
  if (Array.isArray(value)) {
    value.forEach((item: unknown, index) =>
      assertJson(item, { from, path: `${path}[${index}]`, depth: depth + 1 }),
    )
    return
  }
  if (!isPlainObject(value)) throw wrong(from, path, 'JSON', value)
  for (const [key, item] of Object.entries(value)) {
    if (!key.isWellFormed()) throw wrong(from, path, 'JSON with well-formed keys', value)
    assertJson(item, { from, path: `${path}.${key}`, depth: depth + 1 })
  }
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return (
    (prototype === null || prototype === Object.prototype) &&
    !('toJSON' in value) &&
    Object.getOwnPropertySymbols(value).length === 0
  )
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.isWellFormed()
}

function wrong(from: string, path: string, wanted: string, value: unknown): TypeError {
  const kind = typeof value === 'object' && value !== null ? value.constructor?.name : typeof value
  return new TypeError(`${from}: ${path} of a principal must be ${wanted}, got ${kind ?? 'object'}`)
}
