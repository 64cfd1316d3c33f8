/** The layer that tells listeners of each statement. */

import type { DbEventTarget } from './events.ts'
import type { StatementLayer } from './statement.ts'

/** How statements are timed. */
export interface TellOptions {
  /** Milliseconds. */
  readonly clock: () => number
  /** What takes longer is slow, in milliseconds; null: nothing is. */
  readonly slow: number | null
}

/** Emits `query` or `queryError` after each statement, and `slowQuery` after one that took long. */
export function tell(events: DbEventTarget, { clock, slow }: TellOptions): StatementLayer {
  const timed: StatementLayer = async (statement, next) => {
    const start = clock()
    const { sql } = statement
    try {
      const result = await next(statement)
      const milliseconds = clock() - start
      const rows = result.rows.length || Number(result.numAffectedRows ?? 0)
      events.emit('query', { sql, milliseconds, rows })
      if (slow !== null && milliseconds > slow)
        events.emit('slowQuery', { sql, milliseconds, rows })
      return result
    } catch (error) {
      events.emit('queryError', { sql, milliseconds: clock() - start, error })
      throw error
    }
  }
  return (statement, next) =>
    events.has('query') || events.has('queryError') || events.has('slowQuery')
      ? timed(statement, next)
      : next(statement)
}
