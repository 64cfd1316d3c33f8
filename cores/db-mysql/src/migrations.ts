/** Locking and bookkeeping of migrations in MySQL. */

import type { MigrationFacts } from '@mizan/db'

/** Locks are the server's, so the name holds the database's; 64 characters are allowed. */
const lockName = `concat('mizan.', left(md5(database()), 32))`

/** The facts of migrating MySQL. */
export const migrations: MigrationFacts = Object.freeze<MigrationFacts>({
  async lock(run) {
    const [row] = await run(`select get_lock(${lockName}, 0) as locked`)
    return Number(row?.['locked']) === 1
  },
  async unlock(run) {
    await run(`select release_lock(${lockName})`)
  },
  createTable: `create table if not exists mizan_migrations (
  id varchar(191) character set ascii collate ascii_bin not null,
  step integer not null,
  steps integer not null,
  hash varchar(80) not null,
  batch integer not null,
  state varchar(16) not null,
  applied_at timestamp not null default current_timestamp,
  primary key (id, step)
) engine = innodb default character set utf8mb4`,
  findTable: `select 1 as found from information_schema.tables where table_schema = database() and table_name = 'mizan_migrations'`,
  parameter: () => '?',
  begin: 'begin',
})
