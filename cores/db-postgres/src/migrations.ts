/** Locking and bookkeeping of migrations in PostgreSQL. */

import type { MigrationFacts } from '@mizan/db'
import { quote } from './ddl-texts.ts'
import { deparse } from './deparse.ts'
import { introspect } from './introspect.ts'
import { dropRoles, lendRoles, lentRoles, missingRoles } from './scratch-roles.ts'
import { namespaceOf } from './introspect/names.ts'

/** "mizan" in a 64-bit key: an advisory lock belongs to the session and ends with it. */
const lockKey = '470285820270'

/** Only databases with this comment are ever dropped. */
const scratchMarker = 'mizan scratch database'

const holders = `select l.pid, a.application_name, a.backend_start::text as since from pg_locks l
  join pg_stat_activity a on a.pid = l.pid
  where l.locktype = 'advisory' and l.granted and l.database = (select oid from pg_database where datname = current_database())
    and (l.classid::bigint << 32 | l.objid::bigint) = ${lockKey} and l.pid <> pg_backend_pid()`

/** The facts of migrating PostgreSQL. */
export const migrations: MigrationFacts = Object.freeze<MigrationFacts>({
  introspect: (run, schemas = []) => introspect(run, namespaceOf(schemas)),
  deparse,
  async engine(run) {
    const [row] = await run(
      `select current_setting('server_version') as version, datcollate as collation,
        (select coalesce(string_agg(extname || ' ' || extversion, ',' order by extname), '') from pg_extension where extname <> 'plpgsql') as extensions
      from pg_database where datname = current_database()`,
    )
    const extensions = String(row?.['extensions'] ?? '')
    return {
      name: 'postgres',
      version: /^[\d.]+/.exec(String(row?.['version']))?.[0] ?? '0',
      collation: String(row?.['collation']),
      extensions: extensions === '' ? [] : extensions.split(','),
    }
  },
  async createScratch(run, name) {
    await run(`create database ${quote(name)} template template0`)
    await run(`comment on database ${quote(name)} is '${scratchMarker}'`)
  },
  async dropScratch(run, name) {
    const [row] = await run(
      `select shobj_description(oid, 'pg_database') as marker from pg_database where datname = $1`,
      [name],
    )
    if (row?.['marker'] !== scratchMarker) return
    const roles = await lentRoles(run, name)
    await run(`drop database ${quote(name)} with (force)`)
    await dropRoles(run, roles)
  },
  missingRoles,
  lendRoles,
  async repair(run, schemas = []) {
    const rows = await run(
      `select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name from pg_index i join pg_class c on c.oid = i.indexrelid
        join pg_namespace n on n.oid = c.relnamespace
      where not i.indisvalid and c.relnamespace = ${namespaceOf(schemas).sql} and c.relkind = 'i'
        and not exists (select from pg_stat_progress_create_index p where p.index_relid = c.oid)`,
    )
    for (const row of rows) await run(`drop index concurrently if exists ${String(row['name'])}`)
  },
  async lockHolder(run) {
    const [row] = await run(holders)
    return row === undefined
      ? undefined
      : `process ${String(row['pid'])} of ${String(row['application_name'])} since ${String(row['since'])}`
  },
  async breakLock(run) {
    await run(`select pg_terminate_backend(pid) from (${holders}) as holder`)
  },
  async lock(run) {
    const [row] = await run(`select pg_try_advisory_lock(${lockKey}) as locked`)
    return row?.['locked'] === true
  },
  async unlock(run) {
    await run(`select pg_advisory_unlock(${lockKey})`)
  },
  createTable: `create table if not exists mizan_migrations (
  id text not null,
  step integer not null,
  steps integer not null,
  hash text not null,
  batch integer not null,
  state text not null,
  applied_at timestamptz not null default now(),
  primary key (id, step)
)`,
  findTable: `select 1 as found from pg_catalog.pg_class where oid = to_regclass('mizan_migrations')`,
  parameter: (position) => `$${position}`,
  begin: 'begin',
})
