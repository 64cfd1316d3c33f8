/** Rights that are there without anybody having given them: of owners, and by default privileges. */

import type { SchemaSnapshot } from '../snapshot.ts'
import { describeThing, type Grants, type GrantSnapshot, withPrivileges } from './grant.ts'

/** What was read from a database, without what is implied in it: as it is declared, carried and written to files. */
export function withoutImplied(live: SchemaSnapshot): SchemaSnapshot {
  return withImplied(live, { ...live, grants: {} })
}

/**
 * The same with as much of what is implied as `expected` states: a role that owns a table has what was granted to it, whoever
 * owned the table where that was written.
 */
export function withImplied(live: SchemaSnapshot, expected: SchemaSnapshot): SchemaSnapshot {
  const stated = expected.grants ?? {}
  const entries = Object.entries(live.grants ?? {}).flatMap(
    ([key, grant]): [string, GrantSnapshot][] => {
      const own = settled(grant, stated[key])
      return own.privileges.length === 0 ? [] : [[key, own]]
    },
  )
  const grants = { ...ownersColumns(live.grants ?? {}, stated), ...Object.fromEntries(entries) }
  const { grants: _grants, ...rest } = live
  return Object.keys(grants).length === 0 ? rest : { ...rest, grants }
}

function settled(
  { implied = [], ...grant }: GrantSnapshot,
  stated: GrantSnapshot | undefined,
): GrantSnapshot {
  const isStated = (one: string): boolean => stated?.privileges.includes(one) === true
  const privileges = grant.privileges.filter((one) => !implied.includes(one) || isStated(one))
  // An owner passes on what it likes.
  const grantable = privileges.filter((one) =>
    (implied.includes(one) ? stated : grant)?.grantable?.includes(one),
  )
  return withPrivileges(grant, privileges, grantable)
}

/** Who owns a table has what is stated of its columns, too. */
function ownersColumns(live: Grants, stated: Grants): Grants {
  const owned = new Map<string, GrantSnapshot>()
  for (const grant of Object.values(live))
    if (grant.implied !== undefined) owned.set(whole(grant), grant)
  return Object.fromEntries(
    Object.entries(stated).filter(([, grant]) => {
      if (grant.column === undefined) return false
      const own = owned.get(whole(grant))
      return grant.privileges.every((one) => own?.implied?.includes(one))
    }),
  )
}

function whole({ column: _column, ...grant }: GrantSnapshot): string {
  return JSON.stringify([describeThing(grant), grant.to])
}
