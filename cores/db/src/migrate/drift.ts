/** The live database against the fold of what it has applied. */

import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { SnapshotDifference } from '../snapshot/compare.ts'
import { foldSnapshot } from '../snapshot/fold.ts'
import { withImplied, withoutImplied } from '../snapshot/grants/implied-grants.ts'
import type { SchemaSnapshot } from '../snapshot/snapshot.ts'
import { appliedSnapshot } from './applied-snapshot.ts'
import { onConnection, readRows } from './bookkeeping.ts'
import { assertHistory } from './check.ts'
import { ExpectedSnapshot } from './compare-live.ts'
import { readMigrations } from './migration-files.ts'
import type { MigrationConnection } from './migration-connection.ts'
import { schemasOf } from '../snapshot/identity.ts'

/** Which database, and which history. */
export interface DriftOptions {
  readonly migrations: string
  readonly dialect: DialectPackage
}

/** What the database has. */
export function introspectDatabase(dialect: DialectPackage): Promise<SchemaSnapshot> {
  return onConnection(dialect, async ({ run }) =>
    withoutImplied(await dialect.migrations.introspect(run)),
  )
}

/**
 * What is expected is what the applied migrations say; what is actual is there. None when they are equal.
 *
 * @throws MigrationHashError, UnknownMigrationError
 */
export async function findDrift({
  migrations: folder,
  dialect,
}: DriftOptions): Promise<readonly SnapshotDifference[]> {
  const migrations = await readMigrations(folder)
  return onConnection(dialect, async (connection) => {
    const rows = await readRows(connection.run, dialect)
    assertHistory(migrations, rows)
    const expected = appliedSnapshot(migrations, rows)
    const live = await dialect.migrations.introspect(connection.run, schemasOf(expected))
    return differences(connection, expected, live)
  })
}

/** Compares a snapshot of a file with one of this database, expressions as this server writes them. */
export async function differences(
  connection: MigrationConnection,
  expected: SchemaSnapshot,
  live: SchemaSnapshot,
): Promise<readonly SnapshotDifference[]> {
  const folded = foldSnapshot(withImplied(live, expected), connection.dialect.ddl, 'deparsed')
  return new ExpectedSnapshot(connection, expected).against(folded)
}
