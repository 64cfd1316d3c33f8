/** Both orders of two lines, up and down: the same database each time. */

import type { EngineFacts } from '../dialect/migration-facts.ts'
import type { SchemaSnapshot } from '../snapshot/snapshot.ts'
import { onConnection } from './bookkeeping.ts'
import type { Migration } from './migration-files.ts'
import { Walk } from './prove.ts'
import type { OpenScratch } from './scratch.ts'
import { schemasOf } from '../snapshot/identity.ts'
import { withSchemas } from './with-schemas.ts'

/** Two lines after what they share. */
export interface OrderOptions {
  readonly shared: readonly Migration[]
  readonly lines: readonly [readonly Migration[], readonly Migration[]]
  readonly expected: { readonly base: SchemaSnapshot; readonly merged: SchemaSnapshot }
  readonly scratch: OpenScratch
}

/** @throws MigrationProofError naming the order and the first differences */
export async function proveOrder({
  shared,
  lines: [one, two],
  expected,
  scratch,
}: OrderOptions): Promise<EngineFacts> {
  const orders = [
    [...one, ...two],
    [...two, ...one],
  ]
  let engine: EngineFacts | undefined
  for (const order of orders) {
    await using place = await scratch()
    const names = order.map((migration) => migration.id).join(', ')
    const schemas = schemasOf(expected.merged, expected.base)
    engine = await onConnection(withSchemas(place.dialect, schemas), async (connection) => {
      const walk = new Walk(connection, place.signal)
      await walk.replay([...shared, ...order])
      await walk.expect(expected.merged, `${names} in this order`)
      for (const migration of order.toReversed())
        await walk.steps(migration.down, `${migration.id} down`)
      await walk.expect(expected.base, `${names} taken back`)
      return place.dialect.migrations.engine(connection.run)
    })
  }
  if (engine === undefined) throw new TypeError('there are no orders to prove')
  return engine
}
