/** The ways out that no production database is given: everything dropped, and a lock broken. */

import type { DialectPackage } from '../dialect/dialect-package.ts'
import { emitChange } from '../snapshot/ddl/emit-change.ts'
import { schemasOf } from '../snapshot/identity.ts'
import { planChanges } from '../snapshot/plan-changes.ts'
import { emptySnapshot } from '../snapshot/snapshot.ts'
import { onConnection } from './bookkeeping.ts'
import { createEndCachedAnswers } from './end-cached-answers.ts'
import { inTransaction } from './migration-connection.ts'
import { readMigrations } from './migration-files.ts'
import { withLock } from './with-lock.ts'
import { withSchemas } from './with-schemas.ts'

/** Whose named schemas are emptied, too. */
export interface ResetOptions {
  /** The folder of the migrations. @default the schemas of the dialect alone */
  readonly migrations?: string
}

/** Drops everything that is known of the database, its rows too, and what is known of migrations. */
export async function resetDatabase(
  given: DialectPackage,
  { migrations: folder }: ResetOptions = {},
): Promise<void> {
  const history = folder === undefined ? [] : await readMigrations(folder)
  const dialect = withSchemas(given, schemasOf(...history.map(({ snapshot }) => snapshot)))
  await withLock(dialect, async (connection) => {
    const { run } = connection
    const live = await dialect.migrations.introspect(run)
    const endCachedAnswers = await createEndCachedAnswers(run, dialect)
    const drop = async (): Promise<void> => {
      for (const change of planChanges(live, emptySnapshot, dialect.ddl))
        for (const sql of emitChange(change, dialect.ddl)) await run(sql)
      for (const table of ['mizan_migrations', 'mizan_migration_lock'])
        await run(`drop table if exists ${table}`)
      await endCachedAnswers()
    }
    const without = dialect.migrations.withoutForeignKeys
    if (without === undefined) await inTransaction(connection, drop)
    else await without(run, () => inTransaction(connection, drop))
  })
}

/** Ends the session that holds the migration lock, and says which it was; undefined when nobody holds it. */
export function unlockMigrations(dialect: DialectPackage): Promise<string | undefined> {
  return onConnection(dialect, async ({ run }) => {
    const holder = await dialect.migrations.lockHolder?.(run)
    if (holder !== undefined) await dialect.migrations.breakLock?.(run)
    return holder
  })
}
