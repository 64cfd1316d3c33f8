/** What a server makes of views, triggers and their like when tables and columns below them get other names. */

import { MigrationPlanError } from '../migration-errors.ts'
import { planChanges } from '../snapshot/plan-changes.ts'
import { schemasOf } from '../snapshot/identity.ts'
import { renamedObjects } from '../snapshot/objects/renamed-objects.ts'
import type { Objects } from '../snapshot/objects/standing.ts'
import { planStatements } from '../snapshot/ddl/plan-statements.ts'
import {
  applyRenames,
  effectiveRenames,
  type Rename,
  reversedRenames,
} from '../snapshot/renames.ts'
import { objectKey, type SchemaSnapshot } from '../snapshot/snapshot.ts'
import { onConnection } from './bookkeeping.ts'
import type { Migration } from './migration-files.ts'
import { Walk } from './prove.ts'
import type { OpenScratch } from './scratch.ts'
import { withSchemas } from './with-schemas.ts'

/** Between which snapshots, and where it is looked. */
export interface FollowOptions {
  /** The history, whose last snapshot is `source`. */
  readonly before: readonly Migration[]
  readonly source: SchemaSnapshot
  readonly target: SchemaSnapshot
  readonly renames: readonly Rename[]
  readonly scratch: OpenScratch
}

/** Those that follow by themselves, by their new keys: after the renames, and after they were taken back. */
export interface Followed {
  readonly up: Objects
  readonly down: Objects
  /** The tables after the renames. */
  readonly tables: SchemaSnapshot['tables']
}

/** Replays the history, renames, looks, renames back and looks; undefined where nothing is renamed below an object. */
export async function followedObjects({
  before,
  source,
  target,
  renames: stated,
  scratch,
}: FollowOptions): Promise<Followed | undefined> {
  const renames = effectiveRenames(stated, source, target)
  if (renames.length === 0 || Object.keys(source.objects ?? {}).length === 0) return undefined
  const middle = applyRenames(source, renames)
  const back = reversedRenames(renames)
  await using place = await scratch()
  const dialect = withSchemas(place.dialect, schemasOf(source, middle))
  return await onConnection(dialect, async (connection) => {
    const { run } = connection
    const walk = new Walk(connection)
    await walk.replay(before)
    const rename = async (
      from: SchemaSnapshot,
      to: SchemaSnapshot,
      own: readonly Rename[],
    ): Promise<void> => {
      const changes = planChanges(bare(from), bare(to), { ...dialect.ddl, renames: own })
      for (const { sql } of planStatements(changes, dialect.ddl)) {
        await run(sql).catch((error: unknown) => {
          throw refused(error, sql)
        })
      }
    }
    const states = renamedObjects(source, renames, dialect.ddl)
    const follows = [...states].filter(([, { state }]) => state !== 'left')
    const only = (objects: Objects = {}, keys: readonly string[]): Objects =>
      Object.fromEntries(Object.entries(objects).filter(([key]) => keys.includes(key)))
    await rename(source, middle, renames)
    const now = await dialect.migrations.introspect(run)
    await rename(middle, source, back)
    const again = await dialect.migrations.introspect(run)
    return {
      up: only(
        now.objects,
        follows.map(([key]) => key),
      ),
      down: only(
        again.objects,
        follows.map(([, { before: one }]) => objectKey(one)),
      ),
      tables: now.tables,
    }
  })
}

/** SQLite gives the column of a view the new name, too, and refuses where something reads that by the old one. */
function refused(error: unknown, sql: string): MigrationPlanError {
  const reason = error instanceof Error ? error.message : String(error)
  return new MigrationPlanError(
    `${sql}: ${reason}. Take what stands on it away before, and make it again after, in a migration by hand: mizan db generate <name> --empty`,
  )
}

function bare({ version, enums, tables }: SchemaSnapshot): SchemaSnapshot {
  return { version, enums, tables }
}
