/** D1 on this machine: SQLite that migrates as D1 does, to prove on what `wrangler d1 migrations apply` will run. */

import type { DialectPackage, MigrationFacts, SchemaSnapshot } from '@mizan/db'
import { d1Ddl } from './d1/ddl.ts'
import { introspect } from './introspect.ts'
import { migrations } from './migrations.ts'
import { sqlite, type SqliteOptions } from './sqlite.ts'

/**
 * The dialect package of a file of D1, as Wrangler keeps it in `.wrangler/state`, or (`:memory:`) of a database for proofs. Its
 * migrations are D1's: keys are enforced while a table is built anew. Clients use `d1()`.
 */
export function d1Local(options: SqliteOptions): DialectPackage {
  const dialect = sqlite(options)
  return Object.freeze<DialectPackage>({
    ...dialect,
    name: 'd1',
    systemName: 'sqlite',
    ddl: d1Ddl,
    migrations: {
      ...d1Migrations,
      inMemory: () => d1Local({ url: ':memory:' }),
    },
  })
}

// Without `withoutForeignKeys`: a rebuild is a step like all others.
const { withoutForeignKeys: _, ...shared } = migrations
const d1Migrations: MigrationFacts = Object.freeze<MigrationFacts>({
  ...shared,
  introspect: async (run) => withoutOwnTables(await introspect(run)),
})

/** What Cloudflare keeps for itself, and Wrangler its list of migrations. */
function withoutOwnTables(snapshot: SchemaSnapshot): SchemaSnapshot {
  const tables = Object.entries(snapshot.tables).filter(
    ([name]) => !name.startsWith('_cf_') && name !== 'd1_migrations',
  )
  return { ...snapshot, tables: Object.fromEntries(tables) }
}
