/** A Kysely driver on `node:sqlite`. */

import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import {
  CompiledQuery,
  type DatabaseConnection,
  type QueryCompiler,
  type QueryResult,
} from 'kysely'
import type { SharingDriver } from '@mizan/db'
import type { DatabaseFile } from './database-file.ts'

/** Prepared statements that a connection keeps. */
const maximumStatements = 200

/** One database, one connection. */
export class SqliteDriver implements SharingDriver {
  readonly #file: DatabaseFile
  #database: DatabaseSync | undefined
  #connection: SqliteConnection | undefined

  constructor(file: DatabaseFile) {
    this.#file = file
  }

  async init(): Promise<void> {
    this.#database = await this.#file.open()
    this.#connection = new SqliteConnection(this.#database)
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    if (this.#connection === undefined) await this.init()
    if (this.#connection === undefined) throw new TypeError('the driver has been destroyed')
    return this.#connection
  }

  /** A second connection, which sees what is stored when its first row is read. */
  async openReader(): Promise<(DatabaseConnection & { close(): void }) | undefined> {
    const database = await this.#file.openReader()
    if (database === undefined) return undefined
    const reader = new SqliteConnection(database)
    return Object.assign(reader, { close: () => database.close() })
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    // The write lock is taken at once: a transaction that began by reading could no longer get it later.
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'))
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // Some errors have rolled back already; another ROLLBACK would be an error of its own.
    if (this.#database?.isTransaction === true)
      await connection.executeQuery(CompiledQuery.raw('rollback'))
  }

  async savepoint(
    connection: DatabaseConnection,
    name: string,
    _compile: QueryCompiler['compileQuery'],
  ): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`savepoint ${quoteName(name)}`))
  }

  async rollbackToSavepoint(
    connection: DatabaseConnection,
    name: string,
    _compile: QueryCompiler['compileQuery'],
  ): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`rollback to ${quoteName(name)}`))
  }

  async releaseSavepoint(
    connection: DatabaseConnection,
    name: string,
    _compile: QueryCompiler['compileQuery'],
  ): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`release ${quoteName(name)}`))
  }

  async releaseConnection(): Promise<void> {
    // There is one connection and it stays.
  }

  async destroy(): Promise<void> {
    if (this.#database !== undefined) this.#file.close(this.#database)
    this.#database = undefined
    this.#connection = undefined
  }
}

class SqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  async executeQuery<R>({ sql, parameters, query }: CompiledQuery): Promise<QueryResult<R>> {
    const statement = this.#prepare(sql)
    const values = parameters as readonly SQLInputValue[] // cast: the codecs leave only what SQLite takes
    if (statement.columns().length > 0) {
      const rows = statement.all(...values).map(toPlainRow)
      const { insertId } =
        query.kind === 'InsertQueryNode' && rows.length > 0
          ? (this.#prepare('select last_insert_rowid() as insertId').get() ?? {})
          : {}
      // cast: the row type is the query builder's
      const result: QueryResult<R> = { rows: rows as R[] }
      return typeof insertId === 'bigint' ? { ...result, insertId } : result
    }
    const { changes, lastInsertRowid } = statement.run(...values)
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
  }

  async *streamQuery<R>(
    { sql, parameters }: CompiledQuery,
    chunkSize: number,
  ): AsyncIterableIterator<QueryResult<R>> {
    // A statement of its own: the kept ones may run while this one is read.
    const statement = this.#database.prepare(sql)
    statement.setReadBigInts(true)
    const values = parameters as readonly SQLInputValue[] // cast: the codecs leave only what SQLite takes
    let rows: R[] = []
    for (const row of statement.iterate(...values)) {
      rows.push(toPlainRow(row) as R) // cast: the row type is the query builder's
      if (rows.length < chunkSize) continue
      yield { rows }
      rows = []
    }
    if (rows.length > 0) yield { rows }
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#database.prepare(sql)
    // Many pragmas act when they are compiled: one that is kept would act once.
    const isPragma = /^\s*pragma\b/i.test(sql)
    // Integers beyond 2^53 would throw.
    statement.setReadBigInts(true)
    if (isPragma) return statement
    const oldest = this.#statements.keys().next().value
    if (this.#statements.size >= maximumStatements && oldest !== undefined)
      this.#statements.delete(oldest)
    this.#statements.set(sql, statement)
    return statement
  }
}

/** Integers that a number holds exactly become numbers; the codecs of 64-bit columns make them bigint again. */
function toPlainRow(row: Record<string, unknown>): Record<string, unknown> {
  const plain: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(row)) {
    plain[name] =
      typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value
  }
  return plain
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
