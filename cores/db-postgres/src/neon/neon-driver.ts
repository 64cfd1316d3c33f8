/** A Kysely driver on Neon's HTTP driver: every statement is a request, and a batch is a transaction. */

import {
  DbError,
  type SharingDriver,
  textColumnsOf,
  TransactionsNotSupportedError,
} from '@mizan/db'
import {
  neon,
  type FullQueryResults,
  type NeonQueryFunction,
  type NeonQueryPromise,
} from '@neondatabase/serverless'
import type { CompiledQuery, DatabaseConnection, QueryResult, TransactionSettings } from 'kysely'
import { parserOf } from '../type-parsers.ts'

type Send = NeonQueryFunction<true, true>

/** Values are read by the types of this package. */
const asText = { getTypeParser: () => (text: string) => text } as never // cast: typed as pg's registry

const isolationLevels = {
  'read uncommitted': 'ReadUncommitted',
  'read committed': 'ReadCommitted',
  'repeatable read': 'RepeatableRead',
  serializable: 'Serializable',
} as const

/** There is nothing to open: the login travels with each request. */
export class NeonDriver implements SharingDriver {
  readonly #url: string
  #send: Send | undefined

  constructor(url: string) {
    this.#url = url
  }

  async init(): Promise<void> {
    this.#opened()
  }

  acquireConnection(): Promise<DatabaseConnection> {
    return Promise.resolve(new NeonConnection(this.#opened()))
  }

  async executeBatch(
    queries: readonly CompiledQuery[],
    { isolationLevel, accessMode }: TransactionSettings,
  ): Promise<readonly QueryResult<unknown>[]> {
    if (isolationLevel === 'snapshot')
      throw new DbError('isolation_level', 'PostgreSQL has no isolation level "snapshot"')
    const send = this.#opened()
    const results = await send.transaction(
      queries.map((query) => request(send, query)),
      {
        readOnly: accessMode === 'read only',
        ...(isolationLevel === undefined
          ? {}
          : { isolationLevel: isolationLevels[isolationLevel] }),
      },
    )
    return queries.map((query, at) => toResult(query, results[at]))
  }

  beginTransaction(): Promise<void> {
    return Promise.reject(new TransactionsNotSupportedError('Neon over HTTP'))
  }

  async commitTransaction(): Promise<void> {
    // None was begun.
  }

  async rollbackTransaction(): Promise<void> {
    // None was begun.
  }

  async releaseConnection(): Promise<void> {
    // Nothing was taken.
  }

  async destroy(): Promise<void> {
    this.#send = undefined
  }

  #opened(): Send {
    this.#send ??= neon(this.#url, {
      arrayMode: true,
      fullResults: true,
    })
    return this.#send
  }
}

class NeonConnection implements DatabaseConnection {
  readonly #send: Send

  constructor(send: Send) {
    this.#send = send
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return toResult<R>(query, await request(this.#send, query))
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new TypeError('requests have no cursors')
  }
}

function request(
  send: Send,
  { sql, parameters }: CompiledQuery,
): NeonQueryPromise<true, true, FullQueryResults<true>> {
  return send.query<true, true>(sql, [...parameters], { types: asText })
}

function toResult<R>(
  query: CompiledQuery,
  result: FullQueryResults<true> | undefined,
): QueryResult<R> {
  if (result === undefined) return { rows: [] }
  const { command, rowCount, fields } = result
  const texts = textColumnsOf(query)
  const parsers = fields.map(({ name, dataTypeID }) =>
    texts?.has(name) === true ? undefined : parserOf(dataTypeID),
  )
  const rows = result.rows.map((values: readonly unknown[]) => {
    const row: Record<string, unknown> = {}
    for (const [at, { name }] of fields.entries()) {
      const value = values[at]
      row[name] = typeof value === 'string' ? (parsers[at]?.(value) ?? value) : value
    }
    return row as R // cast: the row type is the query builder's
  })
  const changes =
    command === 'INSERT' || command === 'UPDATE' || command === 'DELETE' || command === 'MERGE'
  return changes ? { rows, numAffectedRows: BigInt(rowCount) } : { rows }
}
