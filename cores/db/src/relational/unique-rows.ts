/** What the schema says of how many rows a condition can find, and how fast. */

import type { OperationNode } from 'kysely'
import { topEqualities } from '../query/equalities.ts'
import { type AnyBoundColumn, columnOf } from '../schema/column.ts'
import type { TableFacts } from '../schema/table-facts.ts'
import { primaryKeyOf } from './relation-join.ts'

/** The primary key and the unique constraints of a table. */
export function uniqueKeys(table: TableFacts): readonly (readonly AnyBoundColumn[])[] {
  const single = [...table.columns.values()].filter((column) => column.facts.unique)
  const composite = table
    .constraints()
    .flatMap((one) => (one.kind === 'unique' ? [one.columns] : []))
  const primary = primaryKeyOf(table)
  return [...(primary.length === 0 ? [] : [primary]), ...single.map((one) => [one]), ...composite]
}

/** Whether no two rows have the same values in these columns. */
export function isUnique(columns: readonly AnyBoundColumn[]): boolean {
  const table = columns[0]?.table
  return (
    table !== undefined &&
    uniqueKeys(table).some((key) => key.every((column) => columns.includes(column)))
  )
}

/** Whether rows with certain values in these columns are found without reading the whole table. */
export function isIndexed(columns: readonly AnyBoundColumn[]): boolean {
  const table = columns[0]?.table
  if (table === undefined) return false
  const indexes = table.constraints().flatMap((one) => (one.kind === 'index' ? [one.columns] : []))
  return [...uniqueKeys(table), ...indexes].some((index) => {
    const [first] = index
    return first !== undefined && columns.includes(first)
  })
}

/** Whether a condition names the values of a whole key: at most one row meets it. */
export function isOneRow(condition: OperationNode, table: TableFacts, alias: string): boolean {
  const named = topEqualities(condition).flatMap(({ reference }) => {
    const column = columnOf(reference)
    if (column !== undefined) return column.table === table ? [column] : []
    const { table: source, column: member } = reference
    const byAlias = source?.table.identifier.name === alias && 'column' in member
    const own = byAlias ? table.columns.get(member.column.name) : undefined
    return own === undefined ? [] : [own]
  })
  return uniqueKeys(table).some((key) => key.every((column) => named.includes(column)))
}
