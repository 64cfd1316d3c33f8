/** Roles that migrations speak of: the server has them, not the database. */

import { MigrationProofError, MissingRoleError } from '../migration-errors.ts'
import type { Change } from '../snapshot/changes.ts'
import { planChanges } from '../snapshot/plan-changes.ts'
import { emptySnapshot, type ObjectSnapshot, type SchemaSnapshot } from '../snapshot/snapshot.ts'
import type { Migration } from './migration-files.ts'
import type { MigrationConnection } from './migration-connection.ts'
import { isMadeBy, rolesSaid } from './roles-in-text.ts'

/** The roles that have rights or stand in policies, sorted. */
export function rolesOf(...snapshots: readonly SchemaSnapshot[]): readonly string[] {
  return named(
    snapshots.flatMap(({ grants = {}, objects = {} }) => [
      ...Object.values(grants).map(({ to }) => to),
      ...Object.values(objects).flatMap(rolesOfObject),
    ]),
  )
}

/**
 * Makes roles that a scratch server does not have, for as long as the scratch database is; those that a script makes by itself are
 * left to it.
 *
 * @throws MigrationProofError when this login may not make them
 */
export async function lendRoles(
  { run, dialect }: MigrationConnection,
  migrations: readonly Pick<Migration, 'snapshot' | 'up' | 'down'>[],
): Promise<void> {
  const steps = migrations.flatMap(({ up, down }) => [...up, ...down])
  const isWanted = (role: string): boolean => !isMadeBy(steps, role)
  const roles = rolesOf(...migrations.map(({ snapshot }) => snapshot)).filter(isWanted)
  const lend = async (names: readonly string[]): Promise<readonly string[]> =>
    (names.length > 0 && (await dialect.migrations.lendRoles?.(run, names))) || []
  const missing = await lend(roles)
  // What looks like a role in a script by hand may be none; the database will say.
  if (missing.length === 0) await lend(rolesSaid(steps).filter(isWanted))
  if (missing.length === 0) return
  throw new MigrationProofError(
    `the scratch server has no ${words(missing)}, and this login may not make ${missing.length === 1 ? 'it' : 'them'}, so rights ` +
      `cannot be tried there. Let it make roles (alter role … createrole), or run there: ${makes(missing, dialect.ddl.quote)}`,
  )
}

/**
 * Asked before anything runs.
 *
 * @param direction Which scripts of `migrations` are going to run.
 * @throws MissingRoleError
 */
export async function assertRoles(
  { run, dialect }: MigrationConnection,
  migrations: readonly Migration[],
  {
    history,
    direction,
  }: { readonly history: readonly Migration[]; readonly direction: 'up' | 'down' },
): Promise<void> {
  const { missingRoles } = dialect.migrations
  if (missingRoles === undefined) return
  const steps = migrations.flatMap((migration) => migration[direction])
  for (const migration of migrations) {
    const parent = history.find(({ id }) => id === migration.meta.parent)?.snapshot ?? emptySnapshot
    const [from, to] =
      direction === 'up' ? [parent, migration.snapshot] : [migration.snapshot, parent]
    const roles = rolesBetween(from, to, dialect.ddl).filter((role) => !isMadeBy(steps, role))
    const missing = roles.length === 0 ? [] : await missingRoles(run, roles)
    if (missing.length === 0) continue
    throw new MissingRoleError(
      missing,
      `${migration.id} is about rights of ${words(missing)}, which this server does not have. Make ${missing.length === 1 ? 'it' : 'them'} first, ` +
        `with whatever it may do besides: ${makes(missing, dialect.ddl.quote)}. Nothing was changed`,
    )
  }
}

/** The roles that the way between two snapshots speaks of. */
function rolesBetween(
  from: SchemaSnapshot,
  to: SchemaSnapshot,
  facts: MigrationConnection['dialect']['ddl'],
): readonly string[] {
  let changes: readonly Change[]
  try {
    changes = planChanges(from, to, { ...facts, restores: true })
  } catch {
    // What was written by hand may go a way that cannot be planned.
    const known = rolesOf(from)
    return rolesOf(to).filter((role) => !known.includes(role))
  }
  return named(
    changes.flatMap((change): readonly string[] => {
      if (change.kind === 'grant' || change.kind === 'revoke') return [change.grant.to]
      return change.kind === 'createObject' ? rolesOfObject(change.object) : []
    }),
  )
}

function rolesOfObject({ roles = [] }: ObjectSnapshot): readonly string[] {
  return roles
}

/** Everybody is no role. */
function named(roles: readonly string[]): readonly string[] {
  return [...new Set(roles)].filter((role) => role !== 'public').toSorted()
}

function words(roles: readonly string[]): string {
  return `role${roles.length === 1 ? '' : 's'} ${roles.map((role) => JSON.stringify(role)).join(', ')}`
}

function makes(roles: readonly string[], quote: (name: string) => string): string {
  return roles.map((role) => `create role ${quote(role)} nologin`).join('; ')
}
