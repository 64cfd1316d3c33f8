/** Rights of roles that do not own what they are rights on. */

/** What rights are on. A `counter` is the sequence inside an identity column. */
export type GrantedThing =
  | 'table'
  | 'partition'
  | 'view'
  | 'materialized view'
  | 'sequence'
  | 'counter'
  | 'function'
  | 'enum'
  | 'type'
  | 'domain'
  | 'schema'

/** The rights of one role on one thing. */
export interface GrantSnapshot {
  readonly on: GrantedThing
  /** Its identity; of a counter that of the table, of the schema that is searched first the empty text. */
  readonly name: string
  /** One column of the thing; of a counter its own. */
  readonly column?: string
  /** Types of a function's arguments: `integer, text`. */
  readonly arguments?: string
  /** A role, or `public`: everybody. */
  readonly to: string
  /** Small and sorted: `['insert', 'select']`. */
  readonly privileges: readonly string[]
  /** Those of them that the role may pass on. */
  readonly grantable?: readonly string[]
  /** Everybody would have these rights if nobody had taken them away. */
  readonly revoked?: true
  /**
   * Of what was read from a database: those that nobody need have given, for the role owns the thing, or default privileges
   * give them to what its owner makes. They are no difference, and stand in no file.
   */
  readonly implied?: readonly string[]
}

/** Rights by {@link grantKey}. */
export type Grants = Readonly<Record<string, GrantSnapshot>>

/** The key of rights in a snapshot: `grant on table tasks to app`, `revoke on function touch() from public`. */
export function grantKey(grant: GrantSnapshot): string {
  const [verb, preposition] = grant.revoked === true ? ['revoke', 'from'] : ['grant', 'to']
  return `${verb} on ${describeThing(grant)} ${preposition} ${plainName(grant.to)}`
}

/** What the rights are on, in words: `table tasks`, `column tasks.title`. Two things have two texts. */
export function describeThing({ on, name, column, arguments: list }: GrantSnapshot): string {
  if (on === 'schema' && name === '') return 'the schema that is searched first'
  const called = `${name.split('.').map(plainName).join('.')}${list === undefined ? '' : `(${list})`}`
  if (column === undefined) return `${on} ${called}`
  const part = on === 'counter' ? on : on === 'table' ? 'column' : `column of ${on}`
  return `${part} ${called}.${plainName(column)}`
}

/** The rights in words: `insert, select with grant option`. */
export function describePrivileges({ privileges, grantable = [] }: GrantSnapshot): string {
  return privileges
    .map((one) => (grantable.includes(one) ? `${one} with grant option` : one))
    .join(', ')
}

/** The rights by key, sorted; those of one role on one thing are one. */
export function toGrants(all: readonly GrantSnapshot[]): Grants {
  const byKey = new Map<string, GrantSnapshot>()
  for (const grant of all) {
    const known = byKey.get(grantKey(grant))
    byKey.set(grantKey(grant), known === undefined ? grant : united(known, grant))
  }
  return Object.fromEntries([...byKey].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** The same thing and role with other rights. */
export function withPrivileges(
  { grantable: _grantable, ...grant }: GrantSnapshot,
  privileges: readonly string[],
  grantable: readonly string[] = [],
): GrantSnapshot {
  const passed = grantable.filter((one) => privileges.includes(one))
  return { ...grant, privileges, ...(passed.length === 0 ? {} : { grantable: passed }) }
}

function united(one: GrantSnapshot, other: GrantSnapshot): GrantSnapshot {
  const all = (pick: (grant: GrantSnapshot) => readonly string[]): readonly string[] =>
    [...new Set([...pick(one), ...pick(other)])].toSorted()
  return withPrivileges(
    one,
    all(({ privileges }) => privileges),
    all(({ grantable = [] }) => grantable),
  )
}

/** As it is where nothing in it could be taken for something else. */
function plainName(name: string): string {
  return /^[\p{L}\p{N}_$-]+$/u.test(name) ? name : JSON.stringify(name)
}
