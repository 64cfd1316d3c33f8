/** Random pairs of snapshots that a dialect can hold. */

import fc from 'fast-check'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { Rename } from '../snapshot/renames.ts'
import type { SchemaSnapshot } from '../snapshot/snapshot.ts'
import { objectDrafts, withObjects } from './arbitrary/objects.conformance.ts'
import { inSchemas } from './arbitrary/places.conformance.ts'
import { reconciled } from './arbitrary/reconciled.conformance.ts'
import { renamed, renamesOf } from './arbitrary/renames.conformance.ts'
import { snapshots } from './arbitrary/tables.conformance.ts'
import { rightsDrafts, withRights } from './rights.conformance.ts'

/** Two snapshots of which the second may have come from the first, by way of the renames. */
export type SnapshotPair = readonly [SchemaSnapshot, SchemaSnapshot, readonly Rename[]]

/** Pairs. */
export function snapshotPairs(dialect: DialectPackage): fc.Arbitrary<SnapshotPair> {
  return fc
    .tuple(
      snapshots(dialect),
      snapshots(dialect),
      fc.option(fc.nat(3)),
      fc.option(fc.nat(5)),
      // Half of the pairs of a dialect with schemas have a second one.
      dialect.ddl.createSchema === undefined
        ? fc.constant(0)
        : fc.oneof(fc.constant(0), fc.nat(63)),
      rightsDrafts(dialect),
      rightsDrafts(dialect),
      objectDrafts(dialect),
    )
    .map(([one, two, table, column, places, before, after, objects]) => {
      const source = withRights(inSchemas(one, places), before)
      const target = inSchemas(reconciled(one, two, dialect), places)
      const renames = renamesOf(source, target, { table, column, places })
      // Rights are on what is there in the end: with its last table a schema goes.
      const there = withRights(renamed(target, renames, dialect), after)
      return [
        withObjects(source, objects.before, { dialect, places, renames: [] }),
        withObjects(there, objects.after, { dialect, places, renames }),
        renames,
      ]
    })
}
