/** Changes → statements, each with the way in which it may be run. */

import type { Change } from '../changes.ts'
import type { DdlFacts } from '../ddl-facts.ts'
import type { PlannedStatement } from '../planned-statement.ts'
import type { TableSnapshot } from '../snapshot.ts'
import { emitChange } from './emit-change.ts'

/** The statements of changes, in the dialect's safest form. */
export function planStatements(
  changes: readonly Change[],
  facts: DdlFacts,
): readonly PlannedStatement[] {
  const fresh = new Set(
    changes.flatMap((change) => (change.kind === 'createTable' ? [change.table.name] : [])),
  )
  const dropped = changes.flatMap((change) => (change.kind === 'dropTable' ? [change.table] : []))
  return changes.flatMap((change) => {
    const own = facts.plan?.(change, { fresh, changes })
    if (own !== undefined) return own
    const note = facts.note?.(change, { fresh, changes })
    const plain = facts.transactional ? 'tx' : 'notx'
    return emitChange(change, facts).map((sql, index) => ({
      sql,
      kind:
        change.kind === 'rebuildTable' || isCircular(change, dropped, facts) ? 'rebuild' : plain,
      ...(note === undefined || index > 0 ? {} : { note }),
    }))
  })
}

/** Where keys cannot be taken away first, DROP TABLE deletes rows under keys whose tables may be gone already. */
function isCircular(
  change: Change,
  dropped: readonly TableSnapshot[],
  { alterConstraints }: DdlFacts,
): boolean {
  if (change.kind !== 'dropTable' || alterConstraints) return false
  const later = dropped.slice(dropped.indexOf(change.table) + 1)
  return later.some(({ foreignKeys }) => foreignKeys.some((key) => key.table === change.table.name))
}
