/** ALTER TABLE … ADD COLUMN, for tables with rows. */

import type { Change } from '../changes.ts'
import type { DdlFacts } from '../ddl-facts.ts'
import type { ColumnSnapshot } from '../snapshot.ts'
import { columnDefinition } from './column-definition.ts'

/** The column, filled where rows need a value, and its comment. */
export function addColumn(
  { table, column, enums, filler }: Extract<Change, { kind: 'addColumn' | 'dropColumn' }>,
  facts: DdlFacts,
): readonly string[] {
  const start = `alter table ${facts.relation(table)} add column`
  const comments =
    column.comment === undefined || facts.columnComment !== undefined
      ? []
      : (facts.comment?.(
          { table, column: column.name, definition: columnDefinition(column, { enums, facts }) },
          column.comment,
        ) ?? [])
  if (filler === undefined || facts.alterColumn === undefined)
    return [`${start} ${columnDefinition(column, { enums, facts })}`, ...comments]
  const filled: ColumnSnapshot = { ...column, default: { kind: 'expression', source: filler } }
  return [
    `${start} ${columnDefinition(filled, { enums, facts })}`,
    ...facts.alterColumn({
      table,
      before: filled,
      after: column,
      enumsBefore: enums,
      enums,
      definition: columnDefinition(column, { enums, facts }),
    }),
    ...comments,
  ]
}
