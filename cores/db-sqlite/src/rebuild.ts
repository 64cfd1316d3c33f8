/** Build new, copy, drop old, rename new: how SQLite changes what ALTER TABLE cannot. */

import { quoteText, type RebuildParts } from '@mizan/db'
import { quote } from './quote.ts'

/**
 * The statements, for a transaction in which foreign keys are not enforced: DROP TABLE deletes the rows first, and would take
 * child rows along. `legacy_alter_table` keeps views and triggers of other tables as they are while the table is away.
 *
 * @see https://www.sqlite.org/lang_altertable.html#otheralter
 */
export function rebuild({
  before,
  after,
  temporary,
  create,
  indexes,
  copy,
  triggers,
}: RebuildParts): readonly string[] {
  const names = Object.keys(copy)
  const withRowid = keepsRowid(before) && keepsRowid(after)
  const columns = [...(withRowid ? ['rowid'] : []), ...names.map(quote)]
  const values = [...(withRowid ? ['rowid'] : []), ...Object.values(copy)]
  const [oldName, newName] = [quote(after.name), quote(temporary)]
  const copies =
    columns.length === 0
      ? []
      : [
          `insert into ${newName} (${columns.join(', ')}) select ${values.join(', ')} from ${oldName}`,
        ]
  return [
    'pragma legacy_alter_table = on',
    create,
    ...copies,
    ...carriedSequence(before, after, temporary),
    `drop table ${oldName}`,
    `alter table ${newName} rename to ${oldName}`,
    ...indexes,
    ...triggers,
    'pragma legacy_alter_table = off',
  ]
}

type Table = RebuildParts['before']

/** Rows are known by their rowid where no integer key is it. */
function keepsRowid(table: Table): boolean {
  const names = table.columns.map((column) => column.name.toLowerCase())
  if (names.some((name) => ['rowid', 'oid', '_rowid_'].includes(name))) return false
  return table.primaryKey.length !== 1 || !isInteger(table, table.primaryKey[0])
}

function isInteger(table: Table, name: string | undefined): boolean {
  const type = table.columns.find((column) => column.name === name)?.type.name ?? ''
  return ['serial', 'bigserial', 'integer', 'bigint', 'smallint', 'boolean', 'native'].includes(
    type,
  )
}

/** An id that was given once is never given again, also when its row is gone. */
function carriedSequence(before: Table, after: Table, temporary: string): readonly string[] {
  const counts = (table: Table): boolean =>
    table.columns.some(({ type }) => type.name === 'serial' || type.name === 'bigserial')
  if (!counts(before) || !counts(after)) return []
  const [oldName, newName] = [quoteText(after.name), quoteText(temporary)]
  return [
    `delete from sqlite_sequence where name = ${newName}`,
    `insert into sqlite_sequence (name, seq) select ${newName}, seq from sqlite_sequence where name = ${oldName}`,
  ]
}
