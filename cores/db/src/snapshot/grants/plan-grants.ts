/** Rights that are given and taken: where they differ, and again on everything that was made anew. */

import { MigrationPlanError } from '../../errors.ts'
import type { Change } from '../changes.ts'
import { canonicalText } from '../column-text.ts'
import { isCounter } from '../ddl.ts'
import { withoutImplied } from './implied-grants.ts'
import { describeThing, type GrantSnapshot, toGrants, withPrivileges } from './grant.ts'
import { type ColumnSnapshot, objectKey, type SchemaSnapshot } from '../snapshot.ts'

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
  const end = changes.findLastIndex(({ kind }) => kind !== 'dropSchema') + 1
  return [
    ...changes.slice(0, end).flatMap((change, place) => [change, ...(placed.get(place) ?? [])]),
    ...taken.map(take),
    ...given.map(give),
    ...changes.slice(end),
  ]
}

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

/** Without any of these there are no such rights. */
function thingsOf(grant: GrantSnapshot): readonly string[] {
  const { on, name, column } = grant
  if (on === 'function') return [`function ${name}(${grant.arguments ?? ''})`]
  const thing = on === 'counter' ? `table ${name}` : `${on} ${name}`
  if (column === undefined) return [thing]
  const part = [thing, `column ${name}.${column}`]
  return on === 'counter' ? [...part, `counter ${name}.${column}`] : part
}

function thingsMade(change: Change): readonly string[] {
  switch (change.kind) {
    case 'createTable':
      return [`table ${change.table.name}`]
    case 'addColumn':
      return [`column ${change.table}.${change.column.name}`]
    case 'createEnum':
      return [`enum ${change.name}`]
    case 'createSchema':
      return [`schema ${change.name}`]
    case 'createObject':
      return [objectKey(change.object)]
    default:
      return []
  }
}

function thingsGone(change: Change): readonly string[] {
  switch (change.kind) {
    case 'dropTable':
      return [`table ${change.table.name}`]
    case 'dropColumn':
      return [`column ${change.table}.${change.column.name}`]
    case 'alterColumn':
      return counts(change.before) && !counts(change.after)
        ? [`counter ${change.table}.${change.after.name}`]
        : []
    case 'dropEnum':
      return [`enum ${change.name}`]
    case 'dropSchema':
      return [`schema ${change.name}`]
    case 'dropObject':
      return [objectKey(change.object)]
    default:
      return []
  }
}

/** What is made anew in place, and may have lost the rights on it. */
function thingsTouched(change: Change): readonly string[] {
  if (change.kind === 'alterEnum') {
    const kept = change.after.filter((value) => change.before.includes(value))
    return kept.join('\n') === change.before.join('\n') ? [] : [`enum ${change.name}`]
  }
  if (change.kind !== 'alterColumn') return []
  const { table, before, after } = change
  return [
    ...(canonicalText(before.generated) === canonicalText(after.generated)
      ? []
      : [`column ${table}.${after.name}`]),
    ...(counts(after) ? [`counter ${table}.${after.name}`] : []),
  ]
}

/** Whether a sequence is part of the column. */
function counts(column: ColumnSnapshot): boolean {
  return isCounter(column) || column.identity !== undefined
}

function isThere(thing: string, { on, name, column }: GrantSnapshot, to: SchemaSnapshot): boolean {
  if (on === 'schema') {
    const things = [to.tables, to.enums, to.objects ?? {}].flatMap((all) => Object.values(all))
    return name === '' || things.some(({ schema }) => schema === name)
  }
  if (on === 'enum') return Object.hasOwn(to.enums, name)
  if (on !== 'table' && on !== 'counter')
    return thing.startsWith('column ') || Object.hasOwn(to.objects ?? {}, thing)
  const columns = to.tables[name]?.columns ?? []
  return columns.some(
    (one) => (column === undefined || one.name === column) && (on !== 'counter' || counts(one)),
  )
}
