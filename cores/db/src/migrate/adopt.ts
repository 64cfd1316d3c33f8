/** Mizan on a database that already lives: its schema as source, and a first migration that it has applied. */

import type { DialectPackage } from '../dialect/dialect-package.ts'
import { MigrationError } from '../migration-errors.ts'
import type { SchemaModule } from '../schema/schema.ts'
import type { SnapshotDifference } from '../snapshot/compare.ts'
import { insertRow, readRows } from './bookkeeping.ts'
import { differences } from './drift.ts'
import { generateMigration } from './generate.ts'
import { readMigrations } from './migration-files.ts'
import type { OpenScratch } from './scratch.ts'
import { takeToken } from './fencing.ts'
import type { MigrationConnection } from './migration-connection.ts'
import { type LockOptions, withLock } from './with-lock.ts'
import { schemasOf } from '../snapshot/identity.ts'
import { toSnapshot } from '../snapshot/to-snapshot.ts'

/** What is adopted. */
export interface AdoptOptions extends Omit<LockOptions, 'patience'> {
  /** How long to wait for another migration of this database, in milliseconds. @default 60_000 */
  readonly lockTimeout?: number | undefined
  readonly migrations: string
  readonly dialect: DialectPackage
  /** The module that was written by `toSource`. */
  readonly schema: SchemaModule
  readonly scratch?: OpenScratch | undefined
}

/** What {@link adoptDatabase} did. */
export interface Adopted {
  readonly id: string
  /** What the new history and the database do not share. */
  readonly drift: readonly SnapshotDifference[]
}

/** @throws MigrationError when there are migrations already */
export function adoptDatabase(options: AdoptOptions): Promise<Adopted> {
  const { dialect, migrations: folder } = options
  const lock = { ...options, patience: options.lockTimeout }
  const work = async (connection: MigrationConnection): Promise<Adopted> => {
    const { run } = connection
    if ((await readMigrations(folder)).length > 0 || (await readRows(run, dialect)).length > 0) {
      throw new MigrationError(
        'migration_order',
        'this project or this database has migrations already; see "mizan db reconcile"',
      )
    }
    const live = await dialect.migrations.introspect(run, schemasOf(toSnapshot(options.schema)))
    const written = await generateMigration({
      ...options,
      name: 'baseline',
      baseline: live,
    })
    const migration = (await readMigrations(folder)).at(-1)
    if (written === undefined || migration === undefined)
      throw new MigrationError('migration_empty', 'this database has no tables to adopt')
    await run(dialect.migrations.createTable)
    await takeToken(connection)
    const steps = Math.max(1, migration.up.length)
    for (let step = 1; step <= steps; step += 1)
      await insertRow(run, dialect, {
        id: migration.id,
        step,
        steps,
        hash: migration.hash,
        batch: 1,
        state: 'done',
      })
    return { id: written.id, drift: await differences(connection, migration.snapshot, live) }
  }
  return withLock(dialect, work, lock)
}
