/** What a migration by hand makes of views, functions and their like, and of rights on them, which no schema declares. */

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compareFolded } from '../snapshot/compare.ts'
import { foldSnapshot } from '../snapshot/fold.ts'
import { isDeclared } from '../snapshot/grants/carried-grants.ts'
import type { Grants } from '../snapshot/grants/grant.ts'
import { withImplied } from '../snapshot/grants/implied-grants.ts'
import { schemasOf } from '../snapshot/identity.ts'
import { emptySnapshot, formatSnapshot, type SchemaSnapshot } from '../snapshot/snapshot.ts'
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
 * Runs the migration on a scratch database and writes the objects and rights that are there then into its snapshot; whether that
 * changed.
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
  const live = await onConnection(dialect, async (connection) => {
    const walk = new Walk(connection)
    await walk.replay([...before, migration])
    return withImplied(await dialect.migrations.introspect(connection.run), snapshot)
  })
  const only = (of: SchemaSnapshot): ReturnType<typeof foldSnapshot> =>
    foldSnapshot(
      { ...emptySnapshot, objects: of.objects ?? {}, grants: rightsIn(of, false) },
      dialect.ddl,
      'deparsed',
    )
  if (compareFolded(only(snapshot), only(live)).length === 0) return false
  const grants = { ...rightsIn(snapshot, true), ...rightsIn(live, false) }
  const { objects: _objects, grants: _grants, ...tables } = snapshot
  const next: SchemaSnapshot = {
    ...tables,
    ...(live.objects === undefined ? {} : { objects: live.objects }),
    ...(Object.keys(grants).length === 0 ? {} : { grants }),
  }
  await writeFile(join(migrations, migration.id, 'snapshot.json'), formatSnapshot(next))
  return true
}

/** Rights that are declared with their tables, or those that are not. */
function rightsIn({ grants = {} }: SchemaSnapshot, declared: boolean): Grants {
  return Object.fromEntries(
    Object.entries(grants).filter(([, grant]) => isDeclared(grant) === declared),
  )
}
