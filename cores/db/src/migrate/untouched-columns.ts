/** The columns that a migration leaves as they are: their values are the same before and after. */

import { columnText } from '../snapshot/column-text.ts'
import type { PlanFacts } from '../snapshot/plan-changes.ts'
import { applyRenames, effectiveRenames, type Rename } from '../snapshot/renames.ts'
import type { SchemaSnapshot } from '../snapshot/snapshot.ts'

/** Some columns of a table. */
export interface TablePart {
  readonly table: string
  readonly columns: readonly string[]
}

/** The same columns under the names before and after, in the same order. */
export interface UntouchedColumns {
  readonly before: TablePart
  readonly after: TablePart
}

/** Finds them in the tables that stay; a column that only gets another name is one. */
export function untouchedColumns(
  source: SchemaSnapshot,
  target: SchemaSnapshot,
  { facts, renames }: { readonly facts: PlanFacts; readonly renames: readonly Rename[] },
): readonly UntouchedColumns[] {
  const own = effectiveRenames(renames, source, target)
  const from = applyRenames(source, own)
  const oldName = (table: string, column?: string): string =>
    own.find((one) => one.table === table && one.column === column)?.from ?? column ?? table
  return Object.values(from.tables).flatMap((table) => {
    const other = target.tables[table.name]
    if (other === undefined) return []
    const columns = table.columns
      .filter((column) => {
        const after = other.columns.find((one) => one.name === column.name)
        return (
          after !== undefined &&
          columnText(column, table, { facts, enums: source.enums }) ===
            columnText(after, other, { facts, enums: target.enums })
        )
      })
      .map((one) => one.name)
    if (columns.length === 0) return []
    const before = {
      table: oldName(table.name),
      columns: columns.map((name) => oldName(table.name, name)),
    }
    return [{ before, after: { table: table.name, columns } }]
  })
}
