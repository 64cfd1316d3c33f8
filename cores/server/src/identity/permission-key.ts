/** `pkey`: what a principal may do, as a digest that an edge can key a cache by. */

import { createHash } from 'node:crypto'
import { canonicalJson } from '@mizan/protocol'
import type { Principal } from './principal.ts'

/**
 * Hex SHA-256 of the RFC 8785 form of `{"perms": sorted, "staff": bool, "super": bool}`. Scopes are the permissions; a
 * tenant and attributes count as permissions too, so that an edge never shows one tenant's answer in another.
 *
 * @see PROTOCOL section 7
 */
export function permissionKey(principal: Principal): string {
  const { scopes = [], tenant, attributes } = principal
  const perms = [
    ...new Set(scopes),
    ...(tenant === undefined ? [] : [`mizan:tenant:${tenant}`]),
    ...(attributes === undefined || Object.keys(attributes).length === 0
      ? []
      : [`mizan:attributes:${canonicalJson(attributes)}`]),
  ].sort()
  const facts = { perms, staff: principal.staff, super: principal.superuser }
  return createHash('sha256').update(canonicalJson(facts)).digest('hex')
}
