/** What one statement may ask of the connection that it runs on. */

import type { CompiledQuery, QueryResult } from 'kysely'
import type { Report } from './level.ts'

/** The connection of one statement. */
export interface StatementSession {
  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>>
  streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>>
  /** Whether the statement runs, or ran, inside a transaction. */
  readonly inTransaction: boolean
  /** Tells `report` when what the statement did is stored: now, or after the outermost commit; never after a rollback. */
  whenCommitted(report: Report): void
  /**
   * Runs `work`, which runs the statement, in a transaction of its own: what it reports goes into the same commit. Inside a
   * transaction it just runs.
   */
  alone<T>(work: () => Promise<T>): Promise<T>
  /** Nothing more is reported of it. Undefined where nobody waits for that. */
  readonly finish: (() => void) | undefined
}
