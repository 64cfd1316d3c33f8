/** What a migration by hand makes of views, functions and their like, which no schema declares. */

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compareFolded } from '../snapshot/compare.ts'
import { foldSnapshot } from '../snapshot/fold.ts'
import { isDeclared, withCarriedGrants } from '../snapshot/grants/carried-grants.ts'
import { schemasOf } from '../snapshot/identity.ts'
import { formatSnapshot, type SchemaSnapshot } from '../snapshot/snapshot.ts'
import { onConnection } from './bookkeeping.ts'
import type { Migration } from './migration-files.ts'
import { Walk } from './prove.ts'
import type { OpenScratch } from './scratch.ts'
import { withSchemas } from './with-schemas.ts'

/** Which migration, after what, and where it is looked. */
export interface ReadObjectsOptions {
  readonly migrations: string
  readonly before: readonly Migration[]
  readonly migration: Migration
  readonly scratch: OpenScratch
}

/**
 * Runs the migration on a scratch database and writes the objects that are there then into its snapshot; whether that changed.
 * What it makes of tables is for the proof to judge.
 */
export async function readObjects({
  migrations,
  before,
  migration,
  scratch,
}: ReadObjectsOptions): Promise<boolean> {
  const { snapshot } = migration
  await using place = await scratch()
  const schemas = schemasOf(snapshot, ...before.map((one) => one.snapshot))
  const dialect = withSchemas(place.dialect, schemas)
  const objects = await onConnection(dialect, async (connection) => {
    const walk = new Walk(connection)
    for (const one of [...before, migration]) await walk.steps(one.up, one.id)
    return (await dialect.migrations.introspect(connection.run)).objects ?? {}
  })
  const only = (of: SchemaSnapshot['objects'] = {}): ReturnType<typeof foldSnapshot> =>
    foldSnapshot({ version: 1, enums: {}, tables: {}, objects: of }, dialect.ddl, 'deparsed')
  if (compareFolded(only(snapshot.objects), only(objects)).length === 0) return false
  const { objects: _objects, grants = {}, ...tables } = snapshot
  const declared = Object.entries(grants).filter(([, grant]) => isDeclared(grant))
  const next = withCarriedGrants(snapshot, {
    ...tables,
    ...(Object.keys(objects).length === 0 ? {} : { objects }),
    ...(declared.length === 0 ? {} : { grants: Object.fromEntries(declared) }),
  })
  await writeFile(join(migrations, migration.id, 'snapshot.json'), formatSnapshot(next))
  return true
}
