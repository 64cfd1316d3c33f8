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
import { Level, type Report } from './level.ts'
import { closedInTime, mixedUp } from './overlap.ts'
import { isStaleStatement } from './retry.ts'
import { assertSettings } from './transaction-settings.ts'

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

/** The connection of one statement. */
export interface StatementSession {
  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>>
  streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>>
  /** Whether the statement runs, or ran, inside a transaction. */
  readonly inTransaction: boolean
  /** Tells `report` when what the statement did is stored: now, or after the outermost commit; never after a rollback. */
  whenCommitted(report: Report): void
  /**
   * Runs `work`, which runs the statement, in a transaction of its own: what it reports goes into the same commit. Inside a
   * transaction it just runs.
   */
  alone<T>(work: () => Promise<T>): Promise<T>
  /** Nothing more is reported of it. Undefined where nobody waits for that. */
  readonly finish: (() => void) | undefined
}

/** Something to be done on a level. */
interface Step {
  readonly level: Level | undefined
  readonly sql: string
  /** Settles when nothing more is reported of it. */
  readonly finished?: Promise<void>
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
  /** Statements that may still have something to report. */
  readonly #unfinished = new Set<Promise<void>>()

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
    let begunIn = this.#deepest(level)
    let ranOn: Level | undefined = this.level?.isAlone === true ? undefined : this.level
    let finish: () => void = () => undefined
    const finished = new Promise<void>((resolve) => {
      finish = resolve
    })
    return {
      executeQuery: (query) =>
        session.#onLevel({ level: begunIn, sql: query.sql, finished }, () => {
          ranOn = session.level
          session.#markForeign(level && begunIn)
          return session.#execute(query)
        }),
      streamQuery: (query, chunkSize) => session.streamQuery(query, chunkSize),
      get inTransaction() {
        return ranOn !== undefined
      },
      whenCommitted(report) {
        if (ranOn === undefined) report.tell()
        else ranOn.whenCommitted(report)
      },
      async alone(work) {
        if (begunIn !== undefined) return work()
        for (let isAgain = false; ; isAgain = true) {
          const own = await session.#beginAlone()
          if (own === undefined) return work()
          begunIn = ranOn = own
          try {
            const result = await work()
            await session.#store(own)
            return result
          } catch (error) {
            // The first error is the one to hear of; a connection that cannot roll back is lost anyway.
            await session.rollback(own).catch(() => undefined)
            // The second time the statement is not prepared on the old table.
            if (isAgain || !isStaleStatement(error)) throw error
          } finally {
            begunIn = undefined
          }
        }
      },
      finish() {
        finish()
        session.#unfinished.delete(finished)
      },
    }
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
        this.#markForeign(outer && begunIn)
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
    // What was begun is part of it, and is to be known before it is noted.
    await Promise.all(this.#unfinished)
    if (savepoint === undefined) return this.#store(level)
    await this.#untilInnermost(level)
    await this.#inOrder('release', async () => {
      this.#assertAlive()
      if (!this.#levels.includes(level)) throw new TransactionEndedError()
      await driver.releaseSavepoint?.(connection, savepoint, compileQuery)
      if (level.hasForeignWork && parent !== undefined && parent !== this.#levels[0])
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

  /** A transaction for one statement; undefined where somebody else has begun one meanwhile, which it is then part of. */
  #beginAlone(): Promise<Level | undefined> {
    const { driver, connection } = this.#parts
    return this.#onLevel({ level: undefined, sql: 'begin' }, async () => {
      if (this.level !== undefined) return undefined
      await driver.beginTransaction(connection, {})
      this.#fatal = undefined
      const level = new Level()
      level.isAlone = true
      this.#levels.push(level)
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
    const ambient = this.#parts.ambient()?.get()
    const outermost = this.#levels[0]
    const own = asked ?? (outermost?.isAlone === true ? undefined : outermost)
    const of = (level: Level | undefined): number =>
      level === undefined ? -1 : this.#levels.indexOf(level)
    return ambient !== undefined && of(own) !== -1 && of(ambient) > of(own) ? ambient : own
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
        if (level !== undefined && !this.#levels.includes(level)) throw new TransactionEndedError()
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
