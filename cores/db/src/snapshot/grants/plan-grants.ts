/** Rights that are given and taken: where they differ, and again on everything that was made anew. */

import { MigrationPlanError } from '../../migration-errors.ts'
import type { Change } from '../changes.ts'
import type { SchemaSnapshot } from '../snapshot.ts'
import { describeThing, type GrantSnapshot, withPrivileges } from './grant.ts'
import { thingsGone, thingsMade, thingsOf, thingsTouched } from './granted-things.ts'
import { withoutImplied } from './implied-grants.ts'

/** Between which snapshots, and whether the dialect has rights of this kind. */
export interface GrantsContext {
  readonly from: SchemaSnapshot
  readonly to: SchemaSnapshot
  readonly hasGrants: boolean
}

/**
 * The changes with those of rights among them. What is new gets its rights right after it is made: nobody may call, between
 * two steps, a function that not everybody may call.
 *
 * @throws MigrationPlanError for a dialect whose migrations give no rights
 */
export function withGrants(
  changes: readonly Change[],
  { from, to, hasGrants }: GrantsContext,
): readonly Change[] {
  const before = withoutImplied(from).grants ?? {}
  const after = withoutImplied(to).grants ?? {}
  const [any] = [...Object.values(after), ...Object.values(before)]
  if (any === undefined) return changes
  if (!hasGrants) {
    throw new MigrationPlanError(
      `"${any.to}" has rights on ${describeThing(any)}, which migrations give on PostgreSQL alone. Leave grant() out`,
    )
  }
  const made = new Map<string, number>()
  const gone = new Set<string>()
  const touched = new Set<string>()
  for (const [place, change] of changes.entries()) {
    for (const thing of thingsMade(change)) made.set(thing, place)
    for (const thing of thingsGone(change)) gone.add(thing)
    for (const thing of thingsTouched(change)) touched.add(thing)
  }
  const isOf = (things: { has(thing: string): boolean }, grant: GrantSnapshot): boolean =>
    thingsOf(grant).some((thing) => things.has(thing))
  const stays = (grant: GrantSnapshot): boolean => !isOf(made, grant) && !isOf(gone, grant)

  const taken = Object.entries(before)
    .filter(([, grant]) => stays(grant))
    .flatMap(([key, grant]) =>
      part(
        grant,
        (one) => !has(after[key], one) || (passes(grant, one) && !passes(after[key], one)),
      ),
    )
  // What is taken of a table is taken of each of its columns with it.
  const swept = (grant: GrantSnapshot): boolean =>
    grant.column !== undefined &&
    taken.some((one) => one.column === undefined && one.to === grant.to && isSameThing(one, grant))
  const given = Object.entries(after)
    .filter(([, grant]) => stays(grant))
    .flatMap(([key, grant]) =>
      isOf(touched, grant) || swept(grant)
        ? [grant]
        : part(
            grant,
            (one) => !has(before[key], one) || passes(grant, one) !== passes(before[key], one),
          ),
    )
  const placed = new Map<number, Change[]>()
  for (const grant of Object.values(after)) {
    if (!isOf(made, grant)) continue
    const place = Math.max(...thingsOf(grant).map((thing) => made.get(thing) ?? -1))
    placed.set(place, [...(placed.get(place) ?? []), give(grant)])
  }
  const all = changes.map((change, place) => [change, ...(placed.get(place) ?? [])])
  // Under its new name, and before a column of the table is new: its rights would go with those of the table.
  const start = changes.findLastIndex(({ kind }) => renames.has(kind)) + 1
  const end = changes.findLastIndex(({ kind }) => kind !== 'dropSchema') + 1
  return [
    ...all.slice(0, start).flat(),
    ...taken.map(take),
    ...all.slice(start, end).flat(),
    ...given.map(give),
    ...all.slice(end).flat(),
  ]
}

const renames: ReadonlySet<Change['kind']> = new Set(['renameTable', 'renameColumn'])

function give(grant: GrantSnapshot): Change {
  return { kind: grant.revoked === true ? 'revoke' : 'grant', grant }
}

function take(grant: GrantSnapshot): Change {
  return { kind: grant.revoked === true ? 'grant' : 'revoke', grant }
}

/** Of `one`, the privileges of which `isMissing` says so. */
function part(
  one: GrantSnapshot,
  isMissing: (privilege: string) => boolean,
): readonly GrantSnapshot[] {
  const privileges = one.privileges.filter(isMissing)
  return privileges.length === 0 ? [] : [withPrivileges(one, privileges, one.grantable)]
}

function has(grant: GrantSnapshot | undefined, privilege: string): boolean {
  return grant?.privileges.includes(privilege) === true
}

function passes(grant: GrantSnapshot | undefined, privilege: string): boolean {
  return grant?.grantable?.includes(privilege) === true
}

function isSameThing(one: GrantSnapshot, other: GrantSnapshot): boolean {
  return one.on === other.on && one.name === other.name
}
