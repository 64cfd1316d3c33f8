/** Locking and bookkeeping of migrations in PostgreSQL. */

import type { MigrationFacts } from '@mizan/db'

/** "mizan" in a 64-bit key: an advisory lock belongs to the session and ends with it. */
const lockKey = '470285820270'

/** The facts of migrating PostgreSQL. */
export const migrations: MigrationFacts = Object.freeze<MigrationFacts>({
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
