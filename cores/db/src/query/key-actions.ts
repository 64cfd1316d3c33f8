/** What the database changes by itself after a change: cascades, nulls and defaults of foreign keys. */

import type { AnyBoundColumn } from '../schema/column.ts'
import type { ForeignKeyAction } from '../schema/column-builder.ts'
import type { Schema } from '../schema/schema.ts'
import type { TableFacts } from '../schema/table-facts.ts'

/** Rows of a table that go away, or whose columns change. */
export type RowChange = 'delete' | ReadonlySet<AnyBoundColumn>

interface ForeignKey {
  readonly child: TableFacts
  readonly columns: readonly AnyBoundColumn[]
  readonly references: readonly AnyBoundColumn[]
  readonly onDelete: ForeignKeyAction
  readonly onUpdate: ForeignKeyAction
}

/** The tables whose rows a change of `table` changes, as far as foreign keys reach. */
export function tablesChangedByKeys(
  table: TableFacts,
  change: RowChange,
  schema: Schema,
): ReadonlySet<TableFacts> {
  const reached = new Set<TableFacts>()
  const deleted = new Set<TableFacts>()
  const changed = new Set<AnyBoundColumn>()
  const visit = (parent: TableFacts, what: RowChange): void => {
    for (const key of keysTo(parent, schema)) {
      if (what !== 'delete' && !key.references.some((column) => what.has(column))) continue
      const action = what === 'delete' ? key.onDelete : key.onUpdate
      if (action === 'no action' || action === 'restrict') continue
      reached.add(key.child)
      if (what === 'delete' && action === 'cascade') {
        if (deleted.has(key.child)) continue
        deleted.add(key.child)
        visit(key.child, 'delete')
        continue
      }
      const fresh = key.columns.filter((column) => !changed.has(column))
      for (const column of fresh) changed.add(column)
      if (fresh.length > 0) visit(key.child, new Set(fresh))
    }
  }
  visit(table, change)
  return reached
}

const keysOfSchema = new WeakMap<Schema, ReadonlyMap<TableFacts, readonly ForeignKey[]>>()

/** The foreign keys that refer to a table. */
function keysTo(parent: TableFacts, schema: Schema): readonly ForeignKey[] {
  let known = keysOfSchema.get(schema)
  if (known === undefined) {
    const byParent = new Map<TableFacts, ForeignKey[]>()
    for (const key of [...schema.keys.keys()].flatMap(foreignKeysOf)) {
      const target = key.references[0]?.table
      if (target === undefined) continue
      byParent.set(target, [...(byParent.get(target) ?? []), key])
    }
    known = byParent
    keysOfSchema.set(schema, known)
  }
  return known.get(parent) ?? []
}

function foreignKeysOf(child: TableFacts): readonly ForeignKey[] {
  const declared = [...child.columns.values()].flatMap((column) => {
    const { references } = column.facts
    return references === undefined
      ? []
      : [{ columns: [column], references: [references.column()], options: references.options }]
  })
  const composite = child.constraints().filter((one) => one.kind === 'foreignKey')
  return [...declared, ...composite].map(({ columns, references, options }) => ({
    child,
    columns,
    references,
    onDelete: options.onDelete ?? 'no action',
    onUpdate: options.onUpdate ?? 'no action',
  }))
}
