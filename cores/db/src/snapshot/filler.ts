/** What stands in a column that is never null, in rows that were there before the column. */

import type { Enums } from './changes.ts'
import type { PlanFacts } from './plan-changes.ts'
import type { ColumnSnapshot, TableSnapshot } from './snapshot.ts'

const zero: Readonly<Partial<Record<ColumnSnapshot['type']['name'], unknown>>> = {
  smallint: 0,
  integer: 0,
  bigint: '0',
  numeric: '0',
  real: 0,
  double: 0,
  varchar: '',
  char: '',
  text: '',
  boolean: false,
  timestamp: '1970-01-01T00:00:00.000Z',
  timestamptz: '1970-01-01T00:00:00.000Z',
  date: '1970-01-01',
  time: '00:00:00',
  interval: '00:00:00',
  uuid: '00000000-0000-0000-0000-000000000000',
  json: null,
  jsonb: null,
  bytea: '',
}

/**
 * A value as SQL for a column that comes back without its values; undefined where none is needed, and where no value will
 * do: a column that refers to other rows comes back to an empty table only, a unique one to a table with one row.
 */
export function fillerOf(
  column: ColumnSnapshot,
  table: TableSnapshot,
  { facts, enums }: { readonly facts: PlanFacts; readonly enums: Enums },
): string | undefined {
  if (facts.restores !== true || !needsFiller(column, table)) return undefined
  const isKey = table.foreignKeys.some((key) => key.columns.includes(column.name))
  if (isKey) return undefined
  if (column.type.name === 'enum') {
    const [first] = enums[column.type.enum ?? '']?.values ?? []
    return first === undefined ? undefined : facts.literal?.(first, column.type)
  }
  if (!Object.hasOwn(zero, column.type.name)) return undefined
  return facts.literal?.(zero[column.type.name], column.type)
}

/** Whether rows that exist would have no value. */
export function needsFiller(column: ColumnSnapshot, table: TableSnapshot): boolean {
  const counts = column.type.name === 'serial' || column.type.name === 'bigserial'
  return (
    (column.notNull || table.primaryKey.includes(column.name)) &&
    column.default === undefined &&
    column.generated === undefined &&
    column.identity === undefined &&
    !counts
  )
}
