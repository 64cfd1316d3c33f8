/** A number that grows with every runner: whoever holds an older one has lost the lock. */

import type { MigrationConnection } from './migration-connection.ts'

const table = 'mizan_migration_lock'

/** Takes the next token. The row only informs; the lock itself belongs to the connection. */
export async function takeToken({ run }: MigrationConnection): Promise<number> {
  await run(`create table if not exists ${table} (id integer primary key, token bigint not null)`)
  const rows = await run(`select token from ${table} where id = 1`)
  if (rows.length === 0) await run(`insert into ${table} (id, token) values (1, 1)`)
  else await run(`update ${table} set token = token + 1 where id = 1`)
  const [row] = await run(`select token from ${table} where id = 1`)
  return Number(row?.['token'])
}

/** The newest token. */
export async function readToken({ run }: MigrationConnection): Promise<number> {
  const [row] = await run(`select token from ${table} where id = 1`)
  return Number(row?.['token'])
}
