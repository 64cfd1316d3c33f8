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
 * How a statement may use the connection that short reads share: `beside` others, `alone` while nobody else does, or `never`, for what
 * changes or locks something. Whoever finds rows by keys is short; others would have to wait behind what may be long.
 */
export type Sharing = 'beside' | 'alone' | 'never'

/** How a statement may share. */
export function sharingOf(node: RootOperationNode, analysis: Analysis | undefined): Sharing {
  if (analysis === undefined || analysis.opaque !== 'no' || analysis.writes.length > 0)
    return 'never'
  if (!SelectQueryNode.is(node) || node.endModifiers !== undefined) return 'never'
  const isShort =
    analysis.reads.length > 0 &&
    analysis.reads.every(({ equals }) => {
      if (equals === undefined) return false
      const { primaryKey, unique } = equals.column.facts
      return primaryKey || unique
    })
  return isShort ? 'beside' : 'alone'
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
    alone: (work) => work(),
    finish: undefined,
  }
}
