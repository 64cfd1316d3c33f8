/** What all executors of a client share. */

import type { DatabaseConnection, QueryId, RootOperationNode } from 'kysely'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { QueryBinder } from '../query/binder.ts'
import type { PreparedQuery } from '../query/prepared-query.ts'
import type { RecentlyUsed } from '../query/recently-used.ts'
import type { Session, StatementSession } from './session.ts'
import type { StatementLayer } from './statement.ts'

/** What all executors of a client share. */
export interface ExecutorParts {
  readonly binder: QueryBinder
  readonly dialect: DialectPackage
  /** The statements that were made before. */
  readonly prepared: RecentlyUsed<PreparedQuery>
  /** The first is the outermost: events, policies, observation, cache. */
  readonly layers: readonly StatementLayer[]
  /** False: there is one connection, which a loop over a stream must not keep from the statements in its body. */
  readonly concurrency: boolean
  /** The session of a short read outside of transactions; undefined when it needs a connection of its own. */
  readonly sharedSession: () => StatementSession | undefined
  /** The same for a read that may be long. @default it needs a connection of its own */
  readonly aloneSession?: () => StatementSession | undefined
  /** Whether the caller is in no transaction of a run. */
  readonly isFree: () => boolean
  /** A session for one stream, where there is one connection for everything else. */
  readonly openReader: () => Promise<{ session: Session; close: () => void } | undefined>
  /** Ends a statement if a connection is busy with it. */
  readonly cancel: (connection: DatabaseConnection, query: QueryId) => Promise<void>
  /** What listeners made of a statement before it runs; undefined when there are none. */
  readonly beforeQuery: () => ((node: RootOperationNode) => Promise<RootOperationNode>) | undefined
}
