/** What a driver may offer beside what Kysely asks of one. */

import type {
  CompiledQuery,
  DatabaseConnection,
  Driver,
  QueryId,
  QueryResult,
  TransactionSettings,
} from 'kysely'

/** A driver with more than one way to run a statement. */
export interface SharingDriver extends Driver {
  /** Whether {@link SharingDriver.readShared} takes another read now. */
  readonly canShare?: boolean
  /**
   * Runs a short read on a connection that others use at the same time. Only for statements outside of transactions that
   * change nothing and wait for nothing.
   */
  readShared?(query: CompiledQuery): Promise<QueryResult<unknown>>
  /** Whether {@link SharingDriver.readAlone} takes a read now: nobody uses the shared connection. */
  readonly canReadAlone?: boolean
  /** Runs a read that may take long on that connection. Until it has ended, others go elsewhere. */
  readAlone?(query: CompiledQuery): Promise<QueryResult<unknown>>
  /**
   * A connection of its own for one stream outside of transactions, where there is but one for everything else; undefined where there
   * cannot be a second. `close` ends it.
   */
  openReader?(): Promise<(DatabaseConnection & { close(): void }) | undefined>
  /** Sends statements in one go, stored together or not at all; for drivers without transactions. */
  executeBatch?(
    queries: readonly CompiledQuery[],
    settings: TransactionSettings,
  ): Promise<readonly QueryResult<unknown>[]>
  /** Ends a statement if the connection is busy with it, and no other; resolves when the database has heard of it. */
  cancel?(connection: DatabaseConnection, query: QueryId): Promise<void>
}

const texts = new WeakMap<CompiledQuery, ReadonlySet<string>>()

/** Says which columns of a statement's result the driver leaves as text, for a codec that needs all of it. */
export function setTextColumns<Q extends CompiledQuery>(query: Q, names: ReadonlySet<string>): Q {
  texts.set(query, names)
  return query
}

/** The columns that stay text. */
export function textColumnsOf(query: CompiledQuery): ReadonlySet<string> | undefined {
  return texts.get(query)
}
