/** Roles that a schema speaks of, on the server and on scratch servers. */

import type { RunSql } from '@mizan/db'
import { quote } from './ddl-texts.ts'

/** Only roles with this comment are ever dropped. */
const marker = 'mizan scratch role'

/** Holds the roles of a scratch database: what has rights in a database cannot be dropped. */
const holder = 'mizan_scratch_roles'

/** Others may drop a role at the moment in which it was found. */
const attempts = 5

/** Of these roles those that the server does not have. */
export async function missingRoles(
  run: RunSql,
  roles: readonly string[],
): Promise<readonly string[]> {
  const rows = await run(
    'select wanted as name from unnest($1::text[]) wanted where not exists (select from pg_roles where rolname = wanted) order by 1',
    [roles],
  )
  return rows.map((row) => String(row['name']))
}

/**
 * Makes those that are not there, without any right to log in, and holds all of them. Roles belong to the server: several proofs may
 * want the same one at once, and the last of them drops it.
 *
 * @returns those that this login may not make
 */
export async function lendRoles(run: RunSql, roles: readonly string[]): Promise<readonly string[]> {
  await run(`create table if not exists ${holder} ()`)
  const refused: string[] = []
  for (const role of roles) if (!(await lend(run, role))) refused.push(role)
  return refused
}

/** The roles that were made for proofs and have rights in a database. */
export async function lentRoles(run: RunSql, database: string): Promise<readonly string[]> {
  const rows = await run(
    `select distinct r.rolname as name from pg_shdepend d join pg_roles r on r.oid = d.refobjid
    where d.refclassid = 'pg_authid'::regclass and d.dbid = (select oid from pg_database where datname = $1)
      and shobj_description(r.oid, 'pg_authid') = '${marker}'`,
    [database],
  )
  return rows.map((row) => String(row['name']))
}

/** Drops them, unless another proof holds them: then they are that one's to drop. */
export async function dropRoles(run: RunSql, roles: readonly string[]): Promise<void> {
  for (const role of roles)
    await run(`drop role if exists ${quote(role)}`).catch((error: unknown) => {
      if (!isSettled.includes(codeOf(error))) throw error
    })
}

const noSuchRole = '42704'
/** Others hold it, have dropped it, or are dropping it at this moment. */
const isSettled = ['2BP01', noSuchRole, 'XX000']
/** It is there already; made by others at the same moment, the second code. */
const isThere = ['42710', '23505']
/** Not without more rights; a name that the server keeps for itself. */
const isRefused = ['42501', '42939']

async function lend(run: RunSql, role: string): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      if ((await missingRoles(run, [role])).length > 0) await make(run, role)
      await run(`grant select on ${holder} to ${quote(role)}`)
      return true
    } catch (error) {
      const code = codeOf(error)
      if (isRefused.includes(code)) return false
      const again = code === noSuchRole || isThere.includes(code)
      if (!again || attempt === attempts) throw error
    }
  }
}

/** Never seen without its comment. */
async function make(run: RunSql, role: string): Promise<void> {
  await run('begin')
  try {
    await run(`create role ${quote(role)} nologin`)
    await run(`comment on role ${quote(role)} is '${marker}'`)
    await run('commit')
  } catch (error) {
    await run('rollback')
    throw error
  }
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : ''
  return String(code)
}
