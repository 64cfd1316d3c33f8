/** A Kysely driver on D1's binding: every statement is a request, and a batch is a transaction. */

import { type SharingDriver, TransactionsNotSupportedError } from '@mizan/db'
import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'

/** What a statement gave. */
export interface D1ResultLike {
  readonly results: readonly unknown[]
  readonly meta: { readonly changes?: number; readonly last_row_id?: number }
}

/** A statement of the binding. */
export interface D1StatementLike {
  bind(...values: unknown[]): D1StatementLike
  all(): Promise<D1ResultLike>
}

/** The binding as far as it is used: a `D1Database`, or a session of one. */
export interface D1DatabaseLike {
  prepare(sql: string): D1StatementLike
  batch(statements: D1StatementLike[]): Promise<readonly D1ResultLike[]>
}

/** The binding needs neither opening nor closing. */
export class D1Driver implements SharingDriver {
  readonly #database: D1DatabaseLike

  constructor(database: D1DatabaseLike) {
    this.#database = database
  }

  async init(): Promise<void> {
    // The binding is there from the start.
  }

  acquireConnection(): Promise<DatabaseConnection> {
    return Promise.resolve(new D1Connection(this.#database))
  }

  async executeBatch(queries: readonly CompiledQuery[]): Promise<readonly QueryResult<unknown>[]> {
    const statements = queries.map((query) => prepare(this.#database, query))
    const results = await this.#database.batch(statements)
    return queries.map((query, at) => toResult(query, results[at]))
  }

  beginTransaction(): Promise<void> {
    return Promise.reject(new TransactionsNotSupportedError('D1'))
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
    // The binding is the Worker's.
  }
}

class D1Connection implements DatabaseConnection {
  readonly #database: D1DatabaseLike

  constructor(database: D1DatabaseLike) {
    this.#database = database
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return toResult<R>(query, await prepare(this.#database, query).all())
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new TypeError('D1 has no cursors')
  }
}

function prepare(database: D1DatabaseLike, { sql, parameters }: CompiledQuery): D1StatementLike {
  const statement = database.prepare(sql)
  return parameters.length === 0 ? statement : statement.bind(...parameters)
}

function toResult<R>({ query }: CompiledQuery, given: D1ResultLike | undefined): QueryResult<R> {
  const rows = (given?.results ?? []) as R[] // cast: the row type is the query builder's
  const { changes = 0, last_row_id: last = 0 } = given?.meta ?? {}
  if (query.kind === 'SelectQueryNode') return { rows }
  const insertId = BigInt(last)
  if (rows.length > 0) return query.kind === 'InsertQueryNode' ? { rows, insertId } : { rows }
  return { rows, numAffectedRows: BigInt(changes), insertId }
}
