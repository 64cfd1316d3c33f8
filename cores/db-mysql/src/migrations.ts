/** Locking and bookkeeping of migrations in MySQL. */

import type { MigrationFacts } from '@mizan/db'
import { quote } from './ddl-texts.ts'
import { brokenObjects } from './broken-objects.ts'
import { deparse } from './deparse.ts'
import { introspect } from './introspect.ts'

/** Locks are the server's, so the name holds the database's; 64 characters are allowed. */
const lockName = `concat('mizan.', left(md5(database()), 32))`

/** The facts of migrating MySQL. */
export const migrations: MigrationFacts = Object.freeze<MigrationFacts>({
  introspect,
  deparse,
  brokenObjects,
  async engine(run) {
    const [row] = await run('select version() as version, @@collation_database as collation')
    const version = String(row?.['version'])
    return {
      name: version.includes('MariaDB') ? 'mariadb' : 'mysql',
      version: /^[\d.]+/.exec(version)?.[0] ?? '0',
      collation: String(row?.['collation']),
      extensions: [],
    }
  },
  async createScratch(run, name) {
    await run(`create database ${quote(name)} character set utf8mb4 collate utf8mb4_bin`)
    // A database has no comment here: a table of ours marks it.
    await run(`create table ${quote(name)}.mizan_scratch (marker integer)`)
  },
  async dropScratch(run, name) {
    const rows = await run(
      `select 1 as found from information_schema.tables where table_schema = ? and table_name = 'mizan_scratch'`,
      [name],
    )
    if (rows.length === 0) return
    // Whoever was stopped in the middle of a proof has a transaction open in it, which the drop would wait for.
    const sessions = await run(
      'select id from information_schema.processlist where db = ? and id <> connection_id()',
      [name],
    )
    for (const { id } of sessions) await run(`kill ${Number(id)}`).catch(() => undefined)
    await run(`drop database ${quote(name)}`)
  },
  async lockHolder(run) {
    const [row] = await run(`select is_used_lock(${lockName}) as holder`)
    return row?.['holder'] === null ? undefined : `connection ${String(row?.['holder'])}`
  },
  async breakLock(run) {
    const [row] = await run(`select is_used_lock(${lockName}) as holder`)
    const holder = Number(row?.['holder'])
    if (holder > 0) await run(`kill ${holder}`)
  },
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
