/** Objects that a migration makes again, as the server writes them when what they stand on has changed. */

import type { Change } from '../snapshot/changes.ts'
import { schemasOf } from '../snapshot/identity.ts'
import { objectKey, type SchemaSnapshot } from '../snapshot/snapshot.ts'
import { onConnection } from './bookkeeping.ts'
import type { Migration } from './migration-files.ts'
import { Walk } from './prove.ts'
import { lendRoles } from './roles.ts'
import type { OpenScratch } from './scratch.ts'
import type { Step } from './script.ts'
import { withSchemas } from './with-schemas.ts'

/** What leads to the target, and where it is looked. */
export interface RemadeOptions {
  readonly before: readonly Migration[]
  readonly changes: readonly Change[]
  readonly steps: readonly Step[]
  readonly scratch: OpenScratch
}

/**
 * The target with the texts of those objects: a condition on a column of another type has other casts, though it was made by the
 * same statement.
 */
export async function withRemadeObjects(
  target: SchemaSnapshot,
  { before, changes, steps, scratch }: RemadeOptions,
): Promise<SchemaSnapshot> {
  const keysOf = (kind: Change['kind']): readonly string[] =>
    changes.flatMap((change) =>
      change.kind === kind && 'object' in change ? [objectKey(change.object)] : [],
    )
  const gone = new Set(keysOf('dropObject'))
  const remade = keysOf('createObject').filter((key) => gone.has(key))
  if (remade.length === 0) return target
  await using place = await scratch()
  const schemas = schemasOf(target, ...before.map(({ snapshot }) => snapshot))
  const dialect = withSchemas(place.dialect, schemas)
  const { objects = {} } = await onConnection(dialect, async (connection) => {
    const walk = new Walk(connection)
    await walk.replay(before)
    await lendRoles(connection, [{ snapshot: target, up: steps, down: [] }])
    await walk.steps(steps, 'up')
    return dialect.migrations.introspect(connection.run)
  })
  const written = remade.flatMap((key) => {
    const object = Object.hasOwn(objects, key) ? objects[key] : undefined
    return object === undefined ? [] : [[key, object] as const]
  })
  return { ...target, objects: { ...target.objects, ...Object.fromEntries(written) } }
}
