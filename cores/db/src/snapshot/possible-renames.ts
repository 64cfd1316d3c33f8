/** What may be a rename and may be not: something of one kind is gone, and something of the same kind is new. */

import { canonicalJson, type Json } from '@mizan/protocol'
import { applyRenames, effectiveRenames, type Rename } from './renames.ts'
import type { ColumnSnapshot, SchemaSnapshot, TableSnapshot } from './snapshot.ts'

/**
 * Tables with the same columns and columns of the same type, each with each; those that `stated` names are no question.
 * To be asked, never to be guessed.
 */
export function possibleRenames(
  from: SchemaSnapshot,
  to: SchemaSnapshot,
  stated: readonly Rename[] = [],
): readonly Rename[] {
  const before = applyRenames(from, effectiveRenames(stated, from, to)).tables
  const after = to.tables
  const gone = Object.values(before).filter(({ name }) => !Object.hasOwn(after, name))
  const fresh = Object.values(after).filter(({ name }) => !Object.hasOwn(before, name))
  const tables = gone.flatMap((old) =>
    fresh
      .filter((one) => columnsOf(one) === columnsOf(old))
      .map((one): Rename => ({ table: one.name, from: old.name })),
  )
  const columns = Object.values(after).flatMap((table) => {
    const old = before[table.name]
    return old === undefined ? [] : columnsBetween(old, table)
  })
  return [...tables, ...columns]
}

/** A rename as it is stated on the command line. */
export function formatRename({ table, column, from }: Rename): string {
  return column === undefined ? `${from}=${table}` : `${table}.${from}=${table}.${column}`
}

function columnsBetween(before: TableSnapshot, after: TableSnapshot): readonly Rename[] {
  const isIn = (table: TableSnapshot, { name }: ColumnSnapshot): boolean =>
    table.columns.some((one) => one.name === name)
  const fresh = after.columns.filter((one) => !isIn(before, one))
  return before.columns
    .filter((one) => !isIn(after, one))
    .flatMap((old) =>
      fresh
        .filter((one) => typeOf(one) === typeOf(old))
        .map((one): Rename => ({ table: after.name, column: one.name, from: old.name })),
    )
}

function columnsOf({ columns }: TableSnapshot): string {
  return columns
    .map((one) => `${one.name} ${typeOf(one)}`)
    .toSorted()
    .join('\n')
}

function typeOf({ type }: ColumnSnapshot): string {
  // cast: a type is plain data
  return canonicalJson({ ...type } as unknown as Json)
}
