/** Locking and bookkeeping of migrations in SQLite. */

import type { MigrationFacts } from '@mizan/db'
import { introspect } from './introspect.ts'
import { withoutForeignKeys } from './without-foreign-keys.ts'

/** The facts of migrating SQLite. A step's `begin immediate` is its lock: a second runner waits, then finds it done. */
export const migrations: MigrationFacts = Object.freeze<MigrationFacts>({
  introspect,
  // SQLite keeps texts as they were written.
  deparse: (_run, snapshot) => Promise.resolve(snapshot),
  async engine(run) {
    const [row] = await run('select sqlite_version() as version')
    return {
      name: 'sqlite',
      version: String(row?.['version']),
      collation: 'BINARY',
      extensions: [],
    }
  },
  withoutForeignKeys,
  lock: () => Promise.resolve(true),
  unlock: () => Promise.resolve(),
  createTable: `create table if not exists mizan_migrations (
  id text not null,
  step integer not null,
  steps integer not null,
  hash text not null,
  batch integer not null,
  state text not null,
  applied_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  primary key (id, step)
)`,
  findTable: `select 1 as found from sqlite_schema where type = 'table' and name = 'mizan_migrations'`,
  parameter: () => '?',
  begin: 'begin immediate',
})
