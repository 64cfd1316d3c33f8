/** The layer that tells listeners of each statement. */

import type { DbEventTarget } from './events.ts'
import type { StatementLayer } from './statement.ts'

/** Emits `query` or `queryError` after each statement. `clock` is in milliseconds. */
export function tell(events: DbEventTarget, clock: () => number): StatementLayer {
  return async (statement, next) => {
    if (!events.has('query') && !events.has('queryError')) return next(statement)
    const start = clock()
    try {
      const result = await next(statement)
      const rows = result.rows.length || Number(result.numAffectedRows ?? 0)
      events.emit('query', { sql: statement.sql, milliseconds: clock() - start, rows })
      return result
    } catch (error) {
      events.emit('queryError', { sql: statement.sql, milliseconds: clock() - start, error })
      throw error
    }
  }
}
