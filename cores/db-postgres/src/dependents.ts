/** What stands in the way of changes in PostgreSQL, and what follows them by itself. */

import type { AfterRename, NewNames, ObjectSnapshot, SchemaChange } from '@mizan/db'
import { baseType, isComputedAlike } from './alter.ts'

/** Kinds that PostgreSQL keeps as trees over the numbers of tables and columns, and that do not let a column's type change. */
const bound: ReadonlySet<ObjectSnapshot['kind']> = new Set([
  'view',
  'materialized view',
  'rule',
  'trigger',
  'policy',
  'function',
])

/** Of these only the server knows how it writes a column that has another name: `full_name AS name`. */
const queries: ReadonlySet<ObjectSnapshot['kind']> = new Set([
  'view',
  'materialized view',
  'rule',
  'function',
])

/**
 * Whether an object stands in the way.
 *
 * @see https://www.postgresql.org/docs/current/sql-altertable.html "cannot alter type of a column used by a view or rule"
 */
export function holds(object: ObjectSnapshot, change: SchemaChange): boolean {
  switch (change.kind) {
    case 'alterColumn': {
      const { table, before, after } = change
      const isMadeAnew = !isComputedAlike(before, after) && after.generated !== undefined
      const isRetyped = baseType(before) !== baseType(after)
      return (
        (isMadeAnew || (isRetyped && bound.has(object.kind))) && reads(object, table, after.name)
      )
    }
    case 'dropColumn':
      return reads(object, change.table, change.column.name)
    case 'changePrimaryKey':
      return object.dependsOn.includes(`primary key ${change.table}`)
    case 'alterEnum':
      // Values are added in place.
      return (
        !isGrown(change.before, change.after) &&
        (object.dependsOn.includes(`enum ${change.name}`) ||
          change.columns.some(({ table, column }) => reads(object, table, column)))
      )
    default:
      return false
  }
}

/** Everything that is kept as a tree follows; the body of a function is text, and stays as it is. */
export function afterRename(
  before: ObjectSnapshot,
  _after: ObjectSnapshot,
  names: NewNames,
): AfterRename {
  if (!queries.has(before.kind)) return 'follows'
  const isUnforeseen =
    before.columns === undefined
      ? names.hasColumns(before.create.source, before)
      : Object.entries(before.columns).some(([table, columns]) =>
          columns.some((column) => names.column(table, column) !== column),
        )
  return isUnforeseen ? 'unforeseen' : 'follows'
}

/** Whether all values stay, in their order. */
export function isGrown(before: readonly string[], after: readonly string[]): boolean {
  return after.filter((value) => before.includes(value)).join('\n') === before.join('\n')
}

/** Where no server was asked, whatever the tables below it have. */
function reads(
  { kind, table: owner, columns, dependsOn }: ObjectSnapshot,
  table: string,
  column: string,
): boolean {
  if (columns !== undefined)
    return Object.hasOwn(columns, table) && columns[table]?.includes(column) === true
  return owner === table
    ? kind === 'trigger' || kind === 'policy' || kind === 'rule'
    : dependsOn.includes(`table ${table}`)
}
