/** After a migration was edited by hand: its hash is made for what the files now say. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SchemaModule } from '../schema/schema.ts'
import { withCarriedGrants } from '../snapshot/grants/carried-grants.ts'
import { formatSnapshot } from '../snapshot/snapshot.ts'
import { toSnapshot } from '../snapshot/to-snapshot.ts'
import { MigrationError } from '../migration-errors.ts'
import { hashMigration, type MigrationMeta, readMigrations } from './migration-files.ts'
import { readSide } from './migration-side.ts'
import { toJsonFile, writeJournal, writeWhole } from './write-files.ts'

/** Which migration is sealed. */
export interface SealOptions {
  readonly migrations: string
  readonly id: string
  /** Makes the snapshot that of the schema as it is now, for the last migration. @default the snapshot stays */
  readonly schema?: SchemaModule
}

/**
 * Writes `meta.json` anew for the files as they are. Databases that have applied the migration will refuse it: it is for
 * migrations that are still being written.
 */
export async function sealMigration({
  migrations: folder,
  id,
  schema,
}: SealOptions): Promise<void> {
  const all = await readMigrations(folder)
  const migration = all.find((one) => one.id === id)
  if (migration === undefined)
    throw new MigrationError('migration_name', `there is no migration "${id}" in ${folder}`)
  const path = (name: string): string => join(folder, id, name)
  if (schema !== undefined)
    await writeWhole(
      path('snapshot.json'),
      formatSnapshot(withCarriedGrants(migration.snapshot, toSnapshot(schema))),
    )
  const read = (name: string): Promise<string> => readFile(path(name), 'utf8')
  const [up, down, snapshot] = await Promise.all([
    readSide(join(folder, id), 'up', read),
    readSide(join(folder, id), 'down', read),
    read('snapshot.json'),
  ])
  // A proof and a review of other files are none.
  const { proof: _proof, review: _review, ...kept } = migration.meta
  const meta: MigrationMeta = {
    ...kept,
    hash: hashMigration({ up, down, snapshot, parent: migration.meta.parent }),
    steps: {
      up: migration.up.map((step) => step.kind),
      down: migration.down.map((step) => step.kind),
    },
  }
  await writeWhole(path('meta.json'), toJsonFile(meta))
  await writeJournal(folder, meta.dialect, await readMigrations(folder))
}
