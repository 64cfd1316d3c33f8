/** What stands in the way of changes in SQLite, and what it writes anew by itself. */

import {
  type AfterRename,
  type NewNames,
  type ObjectSnapshot,
  type SchemaChange,
  sqlTokens,
} from '@mizan/db'

/** ALTER TABLE DROP COLUMN reads the whole schema again, and fails where a view or a trigger says the column. */
export function holds(object: ObjectSnapshot, change: SchemaChange): boolean {
  if (change.kind !== 'dropColumn') return false
  const { table, column } = change
  if (object.table !== table && !object.dependsOn.includes(`table ${table}`)) return false
  return sqlTokens(object.create.source).some(
    ({ name }) => name?.toLowerCase() === column.name.toLowerCase(),
  )
}

/** Both kinds of renames are written into views and triggers; which of several columns of one name is meant SQLite knows. */
export function afterRename(
  before: ObjectSnapshot,
  _after: ObjectSnapshot,
  names: NewNames,
): AfterRename {
  return names.hasColumns(before.create.source, before) ? 'unforeseen' : 'follows'
}
