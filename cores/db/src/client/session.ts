/** One connection as the core sees it: statements in order, transactions nested as savepoints, observations kept until commit. */

import {
  CompiledQuery,
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
  StaleStatementError,
  TransactionAbortedError,
  TransactionEndedError,
} from '../errors.ts'
import type { AmbientLevel, CommitNote } from './scope-port.ts'
import { Level } from './level.ts'
import { OpenLevels } from './open-levels.ts'
import { closedInTime, mixedUp } from './overlap.ts'
import { SessionStatement, type StatementHost, type Step } from './session-statement.ts'
import type { StatementSession } from './statement-session.ts'
import { assertSettings } from './transaction-settings.ts'

export type { StatementSession } from './statement-session.ts'

/** Maps a driver's error. */
export type ToDbError = (error: unknown, sql: string | undefined) => DbErrorType

/** What a session needs of the driver that made its connection. */
export interface SessionParts {
  readonly driver: Driver
  readonly connection: DatabaseConnection
  readonly toDbError: ToDbError
  readonly compileQuery: QueryCompiler['compileQuery']
  /** What goes into the same commit as `writes`, when changes are committed. */
  readonly noteOf: (writes: readonly string[]) => CommitNote | undefined
  /** In which level the caller is, where that can be known. */
  readonly ambient: () => AmbientLevel | undefined
  /** How long a statement waits for inner transactions beside it, in milliseconds. */
  readonly patience: number
}

/** A connection in use, from its acquisition to its release. */
export class Session implements DatabaseConnection {
  readonly #parts: SessionParts
  readonly #levels: OpenLevels = new OpenLevels()
  #queue: Promise<unknown> = Promise.resolve()
  #savepoints = 0
  /** The error after which the transaction can only be rolled back. */
  #fatal: DbErrorType | undefined
  #released = false
  /** Statements that may still have something to report. */
  readonly #unfinished = new Set<Promise<void>>()

  readonly #host: StatementHost

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.#host = {
      levels: this.#levels,
      onLevel: (step, work) => this.#onLevel(step, work),
      execute: (query) => this.#execute(query),
      stream: (query, chunkSize) => this.streamQuery(query, chunkSize),
      beginAlone: () => this.#beginAlone(),
      store: (level) => this.#store(level),
      undo: (level) => this.rollback(level),
      finished: (statement) => void this.#unfinished.delete(statement),
    }
  }

  /** The driver's own connection. */
  get connection(): DatabaseConnection {
    return this.#parts.connection
  }

  /** The innermost level. */
  get level(): Level | undefined {
    return this.#levels.innermost
  }

  /** From now on the connection is somebody else's. */
  release(): void {
    this.#released = true
  }

  /** For one statement; `level` is the one that it was written for, where that is known. */
  statement(level?: Level): StatementSession {
    return new SessionStatement(this.#host, this.#deepest(level), level !== undefined)
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const statement = this.statement()
    try {
      return await statement.executeQuery<R>(query)
    } finally {
      statement.finish?.()
    }
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
    const begunIn = this.#deepest(outer)
    return this.#onLevel({ level: begunIn, sql: 'begin' }, async () => {
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
        this.#levels.markForeign(outer && begunIn)
        level = new Level(parent, savepoint)
      }
      this.#levels.add(level)
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
    // What was begun is part of it, and is to be known before it is noted.
    await Promise.all(this.#unfinished)
    if (savepoint === undefined) return this.#store(level)
    await this.#levels.untilInnermost(level)
    await this.#inOrder('release', async () => {
      this.#assertAlive()
      if (!this.#levels.has(level)) throw new TransactionEndedError()
      await driver.releaseSavepoint?.(connection, savepoint, compileQuery)
      if (level.hasForeignWork && parent !== undefined && parent !== this.#levels.outermost)
        parent.hasForeignWork = true
      this.#close(level, 'keep')
    })
  }

  /** Commits the outermost level, with its note. */
  async #store(level: Level): Promise<void> {
    const { driver, connection } = this.#parts
    let note: CommitNote | undefined
    let isSent = false
    try {
      await this.#inOrder('commit', async () => {
        await this.#undoForgotten()
        this.#assertAlive()
        const { writes } = level
        note = writes.length === 0 ? undefined : this.#parts.noteOf(writes)
        const { sql, parameters = [] } = note?.statement ?? {}
        if (sql !== undefined) await this.#execute(CompiledQuery.raw(sql, [...parameters]))
        isSent = true
        await driver.commitTransaction(connection)
      })
    } catch (error) {
      if (!isSent || !(error instanceof ConnectionError)) throw error
      this.#close(level, 'keep')
      await note?.committed()
      throw new CommitOutcomeUnknownError({ cause: error })
    }
    this.#close(level, 'keep')
    await note?.committed()
  }

  /** Undoes a level, or the innermost; nothing of it was observed. */
  async rollback(level: Level | undefined = this.level): Promise<void> {
    if (level === undefined) return
    const { driver, connection } = this.#parts
    if (level.savepoint !== undefined) await this.#levels.untilInnermost(level)
    if (!this.#levels.has(level)) return
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

  /** A transaction for one statement; undefined where somebody else has begun one meanwhile, which it is then part of. */
  #beginAlone(): Promise<Level | undefined> {
    const { driver, connection } = this.#parts
    return this.#onLevel({ level: undefined, sql: 'begin' }, async () => {
      if (this.level !== undefined) return undefined
      await driver.beginTransaction(connection, {})
      this.#fatal = undefined
      const level = new Level()
      level.isAlone = true
      this.#levels.add(level)
      return level
    })
  }

  async #undoSavepoint(level: Level, savepoint: string): Promise<void> {
    const { driver, connection, compileQuery } = this.#parts
    if (level.hasForeignWork) this.#fatal ??= mixedUp()
    // Where the transaction is dead already, so are its savepoints.
    if (this.#fatal !== undefined) return
    await driver.rollbackToSavepoint?.(connection, savepoint, compileQuery)
    await driver.releaseSavepoint?.(connection, savepoint, compileQuery)
  }

  /** What the outermost level did not wait for is not part of it. */
  async #undoForgotten(): Promise<void> {
    const { outermost } = this.#levels
    const [forgotten, ...others] = outermost === undefined ? [] : this.#levels.inside(outermost)
    if (forgotten?.savepoint === undefined) return
    for (const level of others) if (level.hasForeignWork) forgotten.hasForeignWork = true
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
        (known instanceof SerializationError ||
          known instanceof ConnectionError ||
          known instanceof StaleStatementError)
      )
        this.#fatal = known
      throw known
    }
  }

  #assertAlive(): void {
    if (this.level !== undefined && this.#fatal !== undefined)
      throw new TransactionAbortedError({ cause: this.#fatal })
  }

  /** The inner one of the level that something was asked of and the level that its caller is in. */
  #deepest(asked: Level | undefined): Level | undefined {
    return this.#levels.deepest(asked, this.#parts.ambient()?.get())
  }

  /**
   * Runs `work` when `level` is the innermost. Levels whose callers cannot be told apart are not waited for: they may be
   * who calls.
   *
   * @throws DbError `transactions_overlap` when what runs beside it does not end in time
   */
  async #onLevel<T>({ level, sql, finished }: Step, work: () => Promise<T>): Promise<T> {
    for (;;) {
      let inner: Level | undefined
      if (finished !== undefined) this.#unfinished.add(finished)
      const result = await this.#inOrder(sql, async () => {
        if (level !== undefined && !this.#levels.has(level)) throw new TransactionEndedError()
        const innermost = this.level
        if (innermost?.isAlone === true && innermost !== level) {
          inner = innermost
          return undefined
        }
        if (level === undefined || innermost === level || innermost?.isMarked !== true)
          return { value: await work() }
        inner = innermost
        return undefined
      })
      if (result !== undefined) return result.value
      // What it waits for must not wait for it.
      if (finished !== undefined) this.#unfinished.delete(finished)
      if (inner !== undefined) await closedInTime(inner, this.#parts.patience)
    }
  }

  /** Ends a level; those inside it that have not ended are undone. */
  #close(level: Level, how: 'keep' | 'undo'): void {
    this.#levels.close(level, how)
    if (this.#levels.isEmpty) this.#fatal = undefined
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
