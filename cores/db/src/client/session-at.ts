/** A session as one level of its transaction sees it. */

import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'
import type { Level } from './level.ts'
import type { Session } from './session.ts'

/** The connection of a transaction's own client. */
export class SessionAt implements DatabaseConnection {
  readonly session: Session
  readonly level: Level

  constructor(session: Session, level: Level) {
    this.session = session
    this.level = level
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const statement = this.session.statement(this.level)
    try {
      return await statement.executeQuery<R>(query)
    } finally {
      statement.finish?.()
    }
  }

  streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    return this.session.streamQuery(query, chunkSize)
  }
}
