/** One connection of the pool, while it is somebody's. */

import { DbError } from '@mizan/db'
import type { CompiledQuery, DatabaseConnection, QueryId, QueryResult } from 'kysely'
import type { PoolConnection, QueryError, ResultSetHeader } from 'mysql2'
import { type PreparedTexts, typedParameters } from './prepared-texts.ts'

type Result = ResultSetHeader | readonly unknown[]

/** `Can't create more than max_prepared_stmt_count statements` */
const tooManyPrepared = 1461

/** What a connection is made with. */
export interface MysqlConnectionOptions {
  /** Undefined where every statement is sent as text. */
  readonly prepared: PreparedTexts | undefined
  /** Sends a statement on a connection of its own, which is not the pool's. */
  readonly control: (sql: string) => Promise<void>
}

/** A connection. */
export class MysqlConnection implements DatabaseConnection {
  readonly raw: PoolConnection
  readonly #options: MysqlConnectionOptions
  #running: QueryId | undefined
  /** The end of the last KILL: until then nothing else is sent. */
  #killing: Promise<void> | undefined
  #isStreaming = false
  /** It must not be used again. */
  isBroken = false

  constructor(raw: PoolConnection, options: MysqlConnectionOptions) {
    this.raw = raw
    this.#options = options
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#isStreaming) {
      throw new DbError(
        'stream_open',
        'This connection is reading a stream, and MySQL sends nothing else until that has ended. Inside a transaction, read the rows ' +
          'whole or page by page (findPage), or stream outside of it',
        { sql: query.sql },
      )
    }
    if (this.#killing !== undefined) await this.#settle()
    this.#running = query.queryId
    try {
      return toQueryResult<R>(await this.#send(query))
    } finally {
      this.#running = undefined
    }
  }

  /** Rows as they are asked for: what is not read waits in the server. */
  async *streamQuery<R>(
    query: CompiledQuery,
    chunkSize: number,
  ): AsyncIterableIterator<QueryResult<R>> {
    if (this.#killing !== undefined) await this.#settle()
    this.#running = query.queryId
    this.#isStreaming = true
    const command = this.raw.query(query.sql, [...query.parameters])
    let hasEnded = false
    const ended = new Promise<void>((resolve) => {
      const end = (): void => {
        hasEnded = true
        this.raw.off('error', end)
        resolve()
      }
      command.once('end', end)
      this.raw.once('error', end)
    })
    const rows = command.stream({ highWaterMark: Math.max(1, chunkSize) })
    try {
      let chunk: R[] = []
      for await (const row of rows) {
        chunk.push(row as R) // cast: the row type is the query builder's
        if (chunk.length < chunkSize) continue
        yield { rows: chunk }
        chunk = []
      }
      if (chunk.length > 0) yield { rows: chunk }
    } finally {
      rows.destroy()
      // The server would send the rest first; the connection is given back when it has stopped.
      if (!hasEnded) await this.cancel(query.queryId)
      await ended
      this.#running = undefined
      this.#isStreaming = false
    }
  }

  /** Ends a statement if it runs now; resolves when the server has heard of it. */
  async cancel(query: QueryId): Promise<void> {
    if (this.#running?.queryId !== query.queryId) return
    this.#killing ??= this.#options.control(`kill query ${Number(this.raw.threadId)}`)
    await this.#killing
  }

  /** A KILL that is on its way hits what runs when it arrives, and nothing where nothing runs. */
  async #settle(): Promise<void> {
    await this.#killing?.catch(() => undefined)
    this.#killing = undefined
  }

  async #send(query: CompiledQuery): Promise<Result> {
    const { sql, parameters } = query
    if (this.#options.prepared?.pays(query) !== true) return this.#text(sql, parameters)
    try {
      return await this.#prepared(sql, typedParameters(parameters))
    } catch (error) {
      // Other connections have used up what the server keeps; nothing was done yet.
      if ((error as QueryError).errno !== tooManyPrepared) throw error // cast: of mysql2, or without the member
      return this.#text(sql, parameters)
    }
  }

  #text(sql: string, parameters: readonly unknown[]): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.raw.query<ResultSetHeader>(sql, [...parameters], (error, result) => {
        if (error === null) resolve(result)
        else reject(error)
      })
    })
  }

  #prepared(sql: string, parameters: readonly unknown[]): Promise<Result> {
    return new Promise((resolve, reject) => {
      // cast: typed parameters stand where values do
      this.raw.execute<ResultSetHeader>(sql, parameters as never, (error, result) => {
        if (error === null) resolve(result)
        else reject(error)
      })
    })
  }
}

function toQueryResult<R>(result: Result): QueryResult<R> {
  if (Array.isArray(result)) return { rows: result as R[] } // cast: the row type is the query builder's
  const { insertId, affectedRows, changedRows } = result as ResultSetHeader & {
    readonly changedRows?: number
  } // cast: it is no list
  return {
    rows: [],
    numAffectedRows: BigInt(affectedRows),
    ...(changedRows === undefined ? {} : { numChangedRows: BigInt(changedRows) }),
    ...(String(insertId) === '0' ? {} : { insertId: BigInt(insertId) }),
  }
}
