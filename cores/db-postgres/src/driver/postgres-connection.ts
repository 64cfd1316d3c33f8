/** One connection of the pool, while it is somebody's. */

import { StaleStatementError, textColumnsOf } from '@mizan/db'
import type { CompiledQuery, DatabaseConnection, QueryId, QueryResult } from 'kysely'
import pg, { type ClientConfig, type PoolClient } from 'pg'
import Cursor from 'pg-cursor'
import { fetchRows } from './fetch-rows.ts'
import { rowReader, type TextRow } from './row-reader.ts'
import { isStale } from './run-text.ts'
import type { StatementChannel } from './statement-channel.ts'

const asText = { getTypeParser: () => (text: string) => text }

/** A connection. */
export class PostgresConnection implements DatabaseConnection {
  readonly client: PoolClient
  readonly #channel: StatementChannel
  readonly #config: ClientConfig
  #running: QueryId | undefined
  /** Between BEGIN and the end of the transaction. */
  inTransaction = false
  /** It must not be used again. */
  isBroken = false

  constructor(
    client: PoolClient,
    options: { readonly channel: StatementChannel; readonly config: ClientConfig },
  ) {
    this.client = client
    this.#channel = options.channel
    this.#config = options.config
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    this.#running = query.queryId
    try {
      return await this.guard(() => this.#channel.run<R>(query, !this.inTransaction))
    } catch (error) {
      // In a transaction the error has ended everything.
      if (this.inTransaction && isStale(error))
        throw new StaleStatementError({ cause: error, sql: query.sql })
      throw error
    } finally {
      this.#running = undefined
    }
  }

  /** Notes that the server has ended the connection: it says so a moment before it does, and nobody is to get it meanwhile. */
  async guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (isEnd(error)) this.isBroken = true
      throw error
    }
  }

  /** Rows as they are asked for: the server keeps the rest. */
  async *streamQuery<R>(
    query: CompiledQuery,
    chunkSize: number,
  ): AsyncIterableIterator<QueryResult<R>> {
    this.#running = query.queryId
    try {
      // Between chunks other statements of the transaction may run.
      yield* this.inTransaction
        ? fetchRows<R>(this.client, query, chunkSize)
        : this.#readRows<R>(query, chunkSize)
    } finally {
      this.#running = undefined
    }
  }

  async *#readRows<R>(
    query: CompiledQuery,
    chunkSize: number,
  ): AsyncIterableIterator<QueryResult<R>> {
    const cursor = this.client.query(
      new Cursor<TextRow>(query.sql, query.parameters as unknown[], {
        rowMode: 'array',
        types: asText as never, // cast: the types of pg know no parser without its registry
      }),
    )
    const texts = textColumnsOf(query)
    try {
      for (;;) {
        const { rows, fields } = await readChunk(cursor, chunkSize)
        if (rows.length === 0) return
        yield { rows: rows.map(rowReader(fields, texts)) as R[] } // cast: the row type is the query builder's
      }
    } finally {
      await cursor.close()
    }
  }

  /** Ends a statement if it runs now; resolves when the server has heard of it. */
  async cancel(query: QueryId): Promise<void> {
    if (this.#running?.queryId !== query.queryId) return
    const { host, port, processID, secretKey } = this.client as unknown as BackendKey // cast: not in the types of pg
    const control = new pg.Client(this.#config)
    const { connection } = control as unknown as { readonly connection: Wire } // cast: as above
    await new Promise<void>((resolve) => {
      connection.once('end', resolve)
      connection.once('error', () => resolve())
      connection.once('connect', () => connection.cancel(processID, secretKey))
      if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`)
      else connection.connect(port, host)
    })
  }
}

/** An administrator, a crash, or a time limit of the session. */
function isEnd(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    /^(?:57P0[1-5]|25P0[34])$/.test(String(error.code))
  )
}

interface BackendKey {
  readonly host: string
  readonly port: number
  readonly processID: number
  readonly secretKey: number
}

interface Wire extends NodeJS.EventEmitter {
  connect(port: number | string, host?: string): void
  cancel(processID: number, secretKey: number): void
}

interface Chunk {
  readonly rows: TextRow[]
  readonly fields: pg.FieldDef[]
}

function readChunk(cursor: Cursor<TextRow>, size: number): Promise<Chunk> {
  return new Promise((resolve, reject) => {
    cursor.read(size, (error, rows, result) => {
      if (error !== null && error !== undefined) reject(error)
      else resolve({ rows, fields: result?.fields ?? [] })
    })
  })
}
