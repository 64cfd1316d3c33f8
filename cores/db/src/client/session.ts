/** One connection as the core sees it: statements in order, transactions nested as savepoints, observations kept until commit. */

import type {
  CompiledQuery,
  DatabaseConnection,
  Driver,
  QueryCompiler,
  QueryResult,
  TransactionSettings,
} from 'kysely'
import {
  CommitOutcomeUnknownError,
  ConnectionError,
  DbError,
  type DbError as DbErrorType,
} from '../errors.ts'

/** Maps a driver's error. */
export type ToDbError = (error: unknown, sql: string | undefined) => DbErrorType

interface Level {
  /** Undefined for the outermost: a real transaction. */
  readonly savepoint: string | undefined
  /** Called when the outermost level has committed. */
  readonly committed: (() => void)[]
}

/** What a session needs of the driver that made its connection. */
export interface SessionParts {
  readonly driver: Driver
  readonly connection: DatabaseConnection
  readonly toDbError: ToDbError
  readonly compileQuery: QueryCompiler['compileQuery']
}

/** A connection in use. */
export class Session implements DatabaseConnection {
  readonly #parts: SessionParts
  readonly #levels: Level[] = []
  #queue: Promise<unknown> = Promise.resolve()
  #savepoints = 0

  constructor(parts: SessionParts) {
    this.#parts = parts
  }

  /** The driver's own connection. */
  get connection(): DatabaseConnection {
    return this.#parts.connection
  }

  get inTransaction(): boolean {
    return this.#levels.length > 0
  }

  /** Runs `report` when what was done so far is stored: now, or after the outermost commit; never after a rollback. */
  whenCommitted(report: () => void): void {
    const level = this.#levels.at(-1)
    if (level === undefined) report()
    else level.committed.push(report)
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.#inOrder(query.sql, () => this.#parts.connection.executeQuery<R>(query))
  }

  async *streamQuery<R>(
    query: CompiledQuery,
    chunkSize: number,
  ): AsyncIterableIterator<QueryResult<R>> {
    try {
      yield* this.#parts.connection.streamQuery<R>(query, chunkSize)
    } catch (error) {
      throw this.#parts.toDbError(error, query.sql)
    }
  }

  /** Begins a transaction, or a savepoint inside one. */
  async begin(settings: TransactionSettings): Promise<void> {
    const { driver, connection, compileQuery } = this.#parts
    if (this.#levels.length === 0) {
      await this.#inOrder('begin', () => driver.beginTransaction(connection, settings))
      this.#levels.push({ savepoint: undefined, committed: [] })
      return
    }
    if (settings.isolationLevel !== undefined || settings.accessMode !== undefined) {
      throw new DbError(
        'nested_transaction',
        'Isolation level and access mode are set on the outermost transaction only',
      )
    }
    const savepoint = `mizan_${++this.#savepoints}`
    const make = driver.savepoint?.bind(driver)
    if (make === undefined)
      throw new DbError('savepoints_not_supported', 'This driver has no savepoints')
    await this.#inOrder('savepoint', () => make(connection, savepoint, compileQuery))
    this.#levels.push({ savepoint, committed: [] })
  }

  /**
   * Commits the innermost level.
   *
   * @throws CommitOutcomeUnknownError when the connection is lost on the way; what was observed counts as changed then.
   */
  async commit(): Promise<void> {
    const level = this.#levels.at(-1)
    if (level === undefined)
      throw new DbError('no_transaction', 'There is no transaction to commit')
    const { driver, connection, compileQuery } = this.#parts
    const { savepoint } = level
    if (savepoint !== undefined) {
      await this.#inOrder('release', async () =>
        driver.releaseSavepoint?.(connection, savepoint, compileQuery),
      )
      this.#levels.pop()
      this.#levels.at(-1)?.committed.push(...level.committed)
      return
    }
    try {
      await this.#inOrder('commit', () => driver.commitTransaction(connection))
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error
      this.#levels.pop()
      for (const report of level.committed) report()
      throw new CommitOutcomeUnknownError({ cause: error })
    }
    this.#levels.pop()
    for (const report of level.committed) report()
  }

  /** Undoes the innermost level; nothing of it was observed. */
  async rollback(): Promise<void> {
    const level = this.#levels.pop()
    if (level === undefined) return
    const { driver, connection, compileQuery } = this.#parts
    const { savepoint } = level
    if (savepoint === undefined) {
      await this.#inOrder('rollback', () => driver.rollbackTransaction(connection))
      return
    }
    await this.#inOrder('rollback', async () => {
      await driver.rollbackToSavepoint?.(connection, savepoint, compileQuery)
      await driver.releaseSavepoint?.(connection, savepoint, compileQuery)
    })
  }

  /** A connection does one thing at a time, whatever its users do at once. */
  #inOrder<T>(sql: string, work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work).catch((error: unknown) => {
      throw this.#parts.toDbError(error, sql)
    })
    this.#queue = result.catch(() => undefined)
    return result
  }
}
