/** Rows of a statement as they come, on a connection that nobody else uses meanwhile. */

import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'
import type { Analysis } from '../query/analysis.ts'
import { decodeRows, withTexts } from './decode-rows.ts'
import type { ExecutorParts } from './executor-parts.ts'
import { holdConnection } from './hold-connection.ts'
import type { StatementSession } from './session.ts'
import { asSession, levelOf } from './session-driver.ts'
import type { StatementLayer } from './statement.ts'
import { toldStream } from './told-stream.ts'

/** What a stream has for itself. */
export interface HeldSession {
  readonly session: StatementSession
  /** Ends the statement. */
  readonly cancel: () => Promise<void>
  readonly release: () => Promise<void>
}

/** Who asks for a stream. */
export interface StreamOwner {
  readonly parts: ExecutorParts
  /** It belongs to a transaction, or to one connection. */
  readonly isBound: boolean
  readonly provide: (consumer: (connection: DatabaseConnection) => Promise<void>) => Promise<void>
}

/** Where a stream is read; undefined where its rows come whole: there is one connection, and its body needs that. */
export async function holdSession(
  { queryId }: CompiledQuery,
  { parts, isBound, provide }: StreamOwner,
): Promise<HeldSession | undefined> {
  if (parts.concurrency) {
    const { connection, release } = await holdConnection(provide)
    return {
      session: asSession(connection).statement(levelOf(connection)),
      cancel: () => parts.cancel(connection, queryId),
      release,
    }
  }
  const reader = isBound || !parts.isFree() ? undefined : await parts.openReader()
  return (
    reader && {
      session: reader.session.statement(),
      cancel: () => Promise.resolve(),
      release: () => Promise.resolve(reader.close()),
    }
  )
}

/** What a stream is read with. */
export interface ReadStreamOptions {
  readonly session: StatementSession
  readonly analysis: Analysis | undefined
  readonly chunkSize: number
  readonly layers: readonly StatementLayer[]
}

/** The rows, decoded, through the layers. */
export function readStream(
  query: CompiledQuery,
  { session, analysis, chunkSize, layers }: ReadStreamOptions,
): AsyncIterableIterator<QueryResult<unknown>> {
  const { query: node, sql, parameters, queryId } = query
  const output = analysis?.output
  const sent = withTexts(query, output)
  async function* read(): AsyncIterableIterator<QueryResult<unknown>> {
    for await (const part of session.streamQuery(sent, chunkSize))
      yield { ...part, rows: decodeRows(part.rows, output) }
  }
  return toldStream(
    layers,
    { node, sql, parameters, queryId, analysis, session, isStream: true },
    read,
  )
}
