/** One statement on its way through the executor. */

import type { Layer } from '@mizan/protocol'
import type { QueryId, QueryResult, RootOperationNode } from 'kysely'
import type { Analysis } from '../query/analysis.ts'
import type { StatementSession } from './session.ts'

/** A statement that is about to run. A layer that changes `node` has it compiled again. */
export interface Statement {
  readonly node: RootOperationNode
  readonly sql: string
  readonly parameters: readonly unknown[]
  readonly queryId: QueryId
  /** Undefined for a statement that was compiled elsewhere: nothing is known of it. */
  readonly analysis: Analysis | undefined
  readonly session: StatementSession
  /** Its connection is busy with it until its last row is read. */
  readonly isStream?: true
}

/** One "around" of every statement. */
export type StatementLayer = Layer<Statement, QueryResult<unknown>>
