/** Locking and bookkeeping of migrations in SQLite. */

import { type MigrationFacts, type RunSql, SerializationError } from '@mizan/db'
import { brokenObjects } from './broken-objects.ts'
import { introspect } from './introspect.ts'
import { withoutForeignKeys } from './without-foreign-keys.ts'

/** Whether somebody else writes right now. Looked at without waiting: SQLite waits in a way that nothing else happens meanwhile. */
async function lock(run: RunSql): Promise<boolean> {
  const [pin] = await run('pragma busy_timeout')
  await run('pragma busy_timeout = 0')
  try {
    await run('begin immediate')
    await run('rollback')
    return true
  } catch (error) {
    if (error instanceof SerializationError) return false
    throw error
  } finally {
    await run(`pragma busy_timeout = ${Number(pin?.['timeout'] ?? 0)}`)
  }
}

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
  brokenObjects,
  withoutForeignKeys,
  lock,
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
