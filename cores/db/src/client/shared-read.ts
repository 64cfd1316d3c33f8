/** Short reads that run beside others on one connection. */

import {
  type CompiledQuery,
  type QueryResult,
  type RootOperationNode,
  SelectQueryNode,
} from 'kysely'
import type { DbError } from '../errors.ts'
import type { Analysis } from '../query/analysis.ts'
import type { StatementSession } from './session.ts'

/** Sends a read on the shared connection. */
export type SendShared = (query: CompiledQuery) => Promise<QueryResult<unknown>>

/**
 * Whether a statement finds its rows by keys, changes nothing and locks nothing. Others would have to wait behind a long one, so what
 * may be long goes to a connection of its own.
 */
export function isShortRead(node: RootOperationNode, analysis: Analysis | undefined): boolean {
  if (analysis === undefined || analysis.opaque !== 'no' || analysis.writes.length > 0) return false
  if (!SelectQueryNode.is(node) || node.endModifiers !== undefined) return false
  return (
    analysis.reads.length > 0 &&
    analysis.reads.every(({ equals }) => {
      if (equals === undefined) return false
      const { primaryKey, unique } = equals.column.facts
      return primaryKey || unique
    })
  )
}

/** The session of such reads; nothing of one is left when it has ended. */
export function sharedSession(
  send: SendShared,
  toDbError: (error: unknown, sql: string | undefined) => DbError,
): StatementSession {
  return {
    inTransaction: false,
    executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      // cast: the row type is the query builder's
      return (send(query) as Promise<QueryResult<R>>).catch((error: unknown) => {
        throw toDbError(error, query.sql)
      })
    },
    streamQuery() {
      throw new TypeError('a stream has a connection of its own')
    },
    whenCommitted: (report) => report.tell(),
    finish: undefined,
  }
}
