/** One connection as the core sees it: statements in order, transactions nested as savepoints, observations kept until commit. */

import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  isAbortedTransactionError,
  type QueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from 'kysely'
import {
  CommitOutcomeUnknownError,
  ConnectionError,
  DbError,
  type DbError as DbErrorType,
  SerializationError,
  TransactionAbortedError,
  TransactionEndedError,
} from '../errors.ts'
import { Level } from './level.ts'

/** Maps a driver's error. */
export type ToDbError = (error: unknown, sql: string | undefined) => DbErrorType

/** What a session needs of the driver that made its connection. */
export interface SessionParts {
  readonly driver: Driver
  readonly connection: DatabaseConnection
  readonly toDbError: ToDbError
  readonly compileQuery: QueryCompiler['compileQuery']
}

/** The connection of one statement. */
export interface StatementSession {
  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>>
  streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>>
  /** Whether the statement runs, or ran, inside a transaction. */
  readonly inTransaction: boolean
  /** Runs `report` when what the statement did is stored: now, or after the outermost commit; never after a rollback. */
  whenCommitted(report: () => void): void
}

/** A connection in use, from its acquisition to its release. */
export class Session implements DatabaseConnection {
  readonly #parts: SessionParts
  /** The outermost first. */
  readonly #levels: Level[] = []
  #queue: Promise<unknown> = Promise.resolve()
  #savepoints = 0
  /** The error after which the transaction can only be rolled back. */
  #fatal: DbErrorType | undefined
  #released = false

  constructor(parts: SessionParts) {
    this.#parts = parts
  }

  /** The driver's own connection. */
  get connection(): DatabaseConnection {
    return this.#parts.connection
  }

  /** The innermost level. */
  get level(): Level | undefined {
    return this.#levels.at(-1)
  }

  /** From now on the connection is somebody else's. */
  release(): void {
    this.#released = true
  }

  /** For one statement; `level` is the one that it was written for, where that is known. */
  statement(level?: Level): StatementSession {
    const session = this
    const begunIn = level ?? this.#levels[0]
    let ranOn: Level | undefined = this.level
    return {
      executeQuery: (query) =>
        session.#inOrder(query.sql, () => {
          if (begunIn !== undefined && !session.#levels.includes(begunIn))
            throw new TransactionEndedError()
          ranOn = session.level
          session.#markForeign(level)
          return session.#execute(query)
        }),
      streamQuery: (query, chunkSize) => session.streamQuery(query, chunkSize),
      get inTransaction() {
        return ranOn !== undefined
      },
      whenCommitted(report) {
        if (ranOn === undefined) report()
        else ranOn.whenCommitted(report)
      },
    }
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.statement().executeQuery(query)
  }

  async *streamQuery<R>(
    query: CompiledQuery,
    chunkSize: number,
  ): AsyncIterableIterator<QueryResult<R>> {
    try {
      for await (const part of this.#parts.connection.streamQuery<R>(query, chunkSize)) {
        if (this.#released) throw new TransactionEndedError()
        yield part
      }
    } catch (error) {
      throw this.#parts.toDbError(error, query.sql)
    }
  }

  /** Begins a transaction, or a savepoint inside one; `outer` is the level that it was asked of, where that is known. */
  begin(settings: TransactionSettings, outer?: Level): Promise<Level> {
    assertSettings(settings)
    const { driver, connection, compileQuery } = this.#parts
    return this.#inOrder('begin', async () => {
      const parent = this.level
      let level: Level
      if (parent === undefined) {
        await driver.beginTransaction(connection, settings)
        this.#fatal = undefined
        level = new Level()
      } else {
        if (settings.isolationLevel !== undefined || settings.accessMode !== undefined) {
          throw new DbError(
            'nested_transaction',
            'Isolation level and access mode are set on the outermost transaction only',
          )
        }
        this.#assertAlive()
        if (driver.savepoint === undefined)
          throw new DbError('savepoints_not_supported', 'This driver has no savepoints')
        const savepoint = `mizan_${++this.#savepoints}`
        await driver.savepoint(connection, savepoint, compileQuery)
        this.#markForeign(outer)
        level = new Level(parent, savepoint)
      }
      this.#levels.push(level)
      return level
    })
  }

  /**
   * Commits a level, or the innermost.
   *
   * @throws CommitOutcomeUnknownError when the connection is lost on the way; what was observed counts as changed then.
   * @throws TransactionAbortedError when an earlier error left nothing to commit; it is rolled back then.
   */
  async commit(level: Level | undefined = this.level): Promise<void> {
    if (level === undefined)
      throw new DbError('no_transaction', 'There is no transaction to commit')
    const { driver, connection, compileQuery } = this.#parts
    const { savepoint, parent } = level
    if (savepoint !== undefined) {
      await this.#untilInnermost(level)
      await this.#inOrder('release', async () => {
        this.#assertAlive()
        if (!this.#levels.includes(level)) throw new TransactionEndedError()
        await driver.releaseSavepoint?.(connection, savepoint, compileQuery)
        if (level.hasForeignWork && parent !== undefined && parent !== this.#levels[0])
          parent.hasForeignWork = true
        this.#close(level, 'keep')
      })
      return
    }
    try {
      await this.#inOrder('commit', async () => {
        await this.#undoForgotten()
        this.#assertAlive()
        await driver.commitTransaction(connection)
      })
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error
      this.#close(level, 'keep')
      throw new CommitOutcomeUnknownError({ cause: error })
    }
    this.#close(level, 'keep')
  }

  /** Undoes a level, or the innermost; nothing of it was observed. */
  async rollback(level: Level | undefined = this.level): Promise<void> {
    if (level === undefined) return
    const { driver, connection } = this.#parts
    if (level.savepoint !== undefined) await this.#untilInnermost(level)
    if (!this.#levels.includes(level)) return
    try {
      await this.#inOrder('rollback', () =>
        level.savepoint === undefined
          ? driver.rollbackTransaction(connection)
          : this.#undoSavepoint(level, level.savepoint),
      )
    } finally {
      this.#close(level, 'undo')
    }
  }

  async #undoSavepoint(level: Level, savepoint: string): Promise<void> {
    const { driver, connection, compileQuery } = this.#parts
    if (level.hasForeignWork) this.#fatal ??= overlapped()
    // Where the transaction is dead already, so are its savepoints.
    if (this.#fatal !== undefined) return
    await driver.rollbackToSavepoint?.(connection, savepoint, compileQuery)
    await driver.releaseSavepoint?.(connection, savepoint, compileQuery)
  }

  /** What the outermost level did not wait for is not part of it. */
  async #undoForgotten(): Promise<void> {
    const forgotten = this.#levels[1]
    if (forgotten?.savepoint === undefined) return
    for (const level of this.#levels.slice(1))
      if (level.hasForeignWork) forgotten.hasForeignWork = true
    await this.#undoSavepoint(forgotten, forgotten.savepoint)
    this.#close(forgotten, 'undo')
  }

  async #execute<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    this.#assertAlive()
    try {
      return await this.#parts.connection.executeQuery<R>(query)
    } catch (error) {
      const known = this.#parts.toDbError(error, query.sql)
      // After these the database has rolled back all of it, whatever comes next.
      if (
        this.level !== undefined &&
        (known instanceof SerializationError || known instanceof ConnectionError)
      )
        this.#fatal = known
      throw known
    }
  }

  #assertAlive(): void {
    if (this.level !== undefined && this.#fatal !== undefined)
      throw new TransactionAbortedError({ cause: this.#fatal })
  }

  /** Levels inside `level` took something in that was meant for `level`: they cannot be undone without it. */
  #markForeign(level: Level | undefined): void {
    const at = level === undefined ? -1 : this.#levels.indexOf(level)
    if (at !== -1) for (const inner of this.#levels.slice(at + 1)) inner.hasForeignWork = true
  }

  /** Levels that were begun later and side by side with this one end first. */
  async #untilInnermost(level: Level): Promise<void> {
    for (;;) {
      const innermost = this.level
      if (innermost === undefined || innermost === level || !this.#levels.includes(level)) return
      await innermost.closed
    }
  }

  /** Ends a level; those inside it that have not ended are undone. */
  #close(level: Level, how: 'keep' | 'undo'): void {
    const at = this.#levels.indexOf(level)
    if (at === -1) return
    for (const inner of this.#levels.splice(at).slice(1)) inner.undo()
    if (this.#levels.length === 0) this.#fatal = undefined
    level[how]()
  }

  /** A connection does one thing at a time, whatever its users do at once. */
  #inOrder<T>(sql: string, work: () => Promise<T>): Promise<T> {
    const result = this.#queue
      .then(() => {
        if (this.#released) throw new TransactionEndedError()
        return work()
      })
      .catch((error: unknown) => {
        if (isAbortedTransactionError(error)) throw new TransactionAbortedError({ cause: error })
        throw this.#parts.toDbError(error, sql)
      })
    this.#queue = result.catch(() => undefined)
    return result
  }
}

/** A session as one level of its transaction sees it. */
export class SessionAt implements DatabaseConnection {
  readonly session: Session
  readonly level: Level

  constructor(session: Session, level: Level) {
    this.session = session
    this.level = level
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.session.statement(this.level).executeQuery(query)
  }

  streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    return this.session.streamQuery(query, chunkSize)
  }
}

const isolationLevels: ReadonlySet<unknown> = new Set([
  undefined,
  'read uncommitted',
  'read committed',
  'repeatable read',
  'serializable',
  'snapshot',
])
const accessModes: ReadonlySet<unknown> = new Set([undefined, 'read only', 'read write'])

/** The drivers write both into the statement as they stand. */
function assertSettings({ isolationLevel, accessMode }: TransactionSettings): void {
  if (isolationLevels.has(isolationLevel) && accessModes.has(accessMode)) return
  const wrong = isolationLevels.has(isolationLevel) ? accessMode : isolationLevel
  throw new TypeError(
    `transaction: "${String(wrong).slice(0, 60)}" is no isolation level or access mode; there are ` +
      `${[...isolationLevels, ...accessModes].filter((one) => one !== undefined).join(', ')}`,
  )
}

function overlapped(): DbErrorType {
  return new DbError(
    'transactions_overlap',
    'An inner transaction was rolled back while others ran beside it on the same connection, and took their work along. ' +
      'Await an inner transaction before the next statement of the outer one',
  )
}
