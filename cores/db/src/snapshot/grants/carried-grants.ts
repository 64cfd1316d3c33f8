/** Rights that stand in no declaration: carried along as what they are on is. */

import type { SchemaSnapshot } from '../snapshot.ts'
import { type GrantSnapshot, toGrants } from './grant.ts'
import { isThere, thingsOf } from './granted-things.ts'
import { withoutImplied } from './implied-grants.ts'

/**
 * `to` with the rights of `from` that stand in no declaration, as long as what they are on is there.
 */
export function withCarriedGrants(from: SchemaSnapshot, to: SchemaSnapshot): SchemaSnapshot {
  const kept = Object.entries(withoutImplied(from).grants ?? {}).filter(
    ([, grant]) =>
      !isDeclared(grant) && thingsOf(grant).every((thing) => isThere(thing, grant, to)),
  )
  const grants = toGrants([...kept.map(([, grant]) => grant), ...Object.values(to.grants ?? {})])
  return Object.keys(grants).length === 0 ? to : { ...to, grants }
}

/** Whether rights stand in the declaration of their table. */
export function isDeclared({ on }: GrantSnapshot): boolean {
  return on === 'table'
}
