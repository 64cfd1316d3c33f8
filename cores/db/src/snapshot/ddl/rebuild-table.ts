/** Build new, copy, drop old, rename new. */

import type { Change } from '../changes.ts'
import type { DdlFacts } from '../ddl-facts.ts'
import { tableStatement } from './create-table.ts'
import { indexStatement } from './index-statement.ts'

/** The statements; none where tables are altered in place. */
export function rebuildTable(
  { before, after, copy, enums, restore }: Extract<Change, { kind: 'rebuildTable' }>,
  facts: DdlFacts,
): readonly string[] {
  const temporary = `_mizan_new_${after.name}`.slice(0, 60)
  const indexes = [...after.uniques.map((key) => ({ ...key, unique: true })), ...after.indexes]
  return (
    facts.rebuild?.({
      before,
      after,
      temporary,
      create: tableStatement({ ...after, name: temporary }, enums, facts),
      indexes: indexes.map((index) => indexStatement(after.name, index, facts)),
      copy,
      triggers: restore.map((trigger) => trigger.create.source),
    }) ?? []
  )
}
