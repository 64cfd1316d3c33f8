/** Random rights on what a snapshot has, for dialects whose migrations give some. */

import fc from 'fast-check'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import { type GrantSnapshot, toGrants, withPrivileges } from '../snapshot/grants/grant.ts'
import { schemasOf } from '../snapshot/identity.ts'
import type { SchemaSnapshot } from '../snapshot/snapshot.ts'

/** The roles that have rights: no name of theirs is one of the server's own. */
export const pairRoles = ['mizan pair "one"', "mizan pair 'two'"] as const

const tablePrivileges = [
  'delete',
  'insert',
  'references',
  'select',
  'trigger',
  'truncate',
  'update',
]
const columnPrivileges = ['insert', 'references', 'select', 'update']

/** Where rights are, and which: each number picks one of what there is. */
export type RightsDraft = readonly {
  readonly thing: number
  readonly role: number
  readonly privileges: number
  readonly grantable: number
}[]

/** Drafts: mostly none, so that most pairs are what they were. */
export function rightsDrafts({ ddl }: DialectPackage): fc.Arbitrary<RightsDraft> {
  const one = fc.record({
    thing: fc.nat(),
    role: fc.nat(2),
    privileges: fc.nat(),
    grantable: fc.nat(),
  })
  return ddl.grant === undefined
    ? fc.constant([])
    : fc.oneof(fc.constant([]), fc.array(one, { maxLength: 8 }))
}

/** The snapshot with the rights of a draft. */
export function withRights(snapshot: SchemaSnapshot, draft: RightsDraft): SchemaSnapshot {
  const things = thingsIn(snapshot)
  const grants = draft.map(({ thing, role, privileges: bits, grantable }): GrantSnapshot => {
    const on = things[thing % things.length] ?? { on: 'schema', name: '' }
    const all = privilegesOf(on)
    const to = pairRoles[role] ?? 'public'
    if (to === 'public' && on.on === 'enum')
      return { ...on, to, privileges: ['usage'], revoked: true }
    // What everybody has of the schema that is searched first is not the same on every server.
    const owner = to === 'public' && on.on === 'schema' ? pairRoles[0] : to
    const privileges = all.filter((_, place) => ((bits >> place) & 1) === 1)
    const chosen = privileges.length === 0 ? all.slice(0, 1) : privileges
    const passed =
      owner === 'public' ? [] : chosen.filter((_, place) => ((grantable >> place) & 1) === 1)
    return withPrivileges({ ...on, to: owner, privileges: chosen }, chosen, passed)
  })
  return grants.length === 0 ? snapshot : { ...snapshot, grants: toGrants(grants) }
}

type Thing = Pick<GrantSnapshot, 'on' | 'name' | 'column'>

function thingsIn(snapshot: SchemaSnapshot): readonly Thing[] {
  const tables = Object.values(snapshot.tables).flatMap(({ name, columns }): readonly Thing[] => [
    { on: 'table', name },
    ...columns.map((column): Thing => ({ on: 'table', name, column: column.name })),
    ...columns
      .filter(({ type }) => type.name === 'serial')
      .map((column): Thing => ({ on: 'counter', name, column: column.name })),
  ])
  const enums = Object.keys(snapshot.enums).map((name): Thing => ({ on: 'enum', name }))
  const schemas = ['', ...schemasOf(snapshot)].map((name): Thing => ({ on: 'schema', name }))
  return [...tables, ...enums, ...schemas]
}

function privilegesOf({ on, column }: Thing): readonly string[] {
  if (on === 'enum') return ['usage']
  if (on === 'schema') return ['create', 'usage']
  if (on === 'counter') return ['select', 'update', 'usage']
  return column === undefined ? tablePrivileges : columnPrivileges
}
