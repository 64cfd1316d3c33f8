/** Wraps a dialect's driver: hands out sessions, starts it once, and queues where one connection is all there is. */

import type { DatabaseConnection, Driver, QueryCompiler, TransactionSettings } from 'kysely'
import { DbError } from '../errors.ts'
import { Session, type ToDbError } from './session.ts'

/** What the wrapper needs beside the driver. */
export interface SessionDriverOptions {
  readonly toDbError: ToDbError
  readonly compileQuery: QueryCompiler['compileQuery']
  /** False: connections are handed out one at a time. */
  readonly concurrency: boolean
}

/** The driver that the client uses. */
export class SessionDriver implements Driver {
  readonly #driver: Driver
  readonly #options: SessionDriverOptions
  readonly #sessions = new WeakMap<DatabaseConnection, Session>()
  #started: Promise<void> | undefined
  #ended: Promise<void> | undefined
  #turn: Promise<void> = Promise.resolve()
  #endTurn: (() => void) | undefined

  constructor(driver: Driver, options: SessionDriverOptions) {
    this.#driver = driver
    this.#options = options
  }

  init(): Promise<void> {
    if (this.#ended !== undefined) {
      return Promise.reject(new DbError('client_closed', 'The database client has been closed'))
    }
    this.#started ??= this.#driver.init().catch((error: unknown) => {
      this.#started = undefined
      throw this.#options.toDbError(error, undefined)
    })
    return this.#started
  }

  async acquireConnection(): Promise<Session> {
    await this.init()
    const endTurn = this.#options.concurrency ? undefined : await this.#takeTurn()
    try {
      const connection = await this.#driver.acquireConnection()
      let session = this.#sessions.get(connection)
      if (session === undefined) {
        const { toDbError, compileQuery } = this.#options
        session = new Session({ driver: this.#driver, connection, toDbError, compileQuery })
        this.#sessions.set(connection, session)
      }
      if (endTurn !== undefined) this.#endTurn = endTurn
      return session
    } catch (error) {
      endTurn?.()
      throw this.#options.toDbError(error, undefined)
    }
  }

  async releaseConnection(session: DatabaseConnection): Promise<void> {
    const endTurn = this.#endTurn
    try {
      await this.#driver.releaseConnection(asSession(session).connection)
    } finally {
      if (endTurn !== undefined) {
        this.#endTurn = undefined
        endTurn()
      }
    }
  }

  beginTransaction(session: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    return asSession(session).begin(settings)
  }

  commitTransaction(session: DatabaseConnection): Promise<void> {
    return asSession(session).commit()
  }

  rollbackTransaction(session: DatabaseConnection): Promise<void> {
    return asSession(session).rollback()
  }

  async savepoint(
    session: DatabaseConnection,
    name: string,
    compileQuery: QueryCompiler['compileQuery'],
  ): Promise<void> {
    await this.#driver.savepoint?.(asSession(session).connection, name, compileQuery)
  }

  async rollbackToSavepoint(
    session: DatabaseConnection,
    name: string,
    compileQuery: QueryCompiler['compileQuery'],
  ): Promise<void> {
    await this.#driver.rollbackToSavepoint?.(asSession(session).connection, name, compileQuery)
  }

  async releaseSavepoint(
    session: DatabaseConnection,
    name: string,
    compileQuery: QueryCompiler['compileQuery'],
  ): Promise<void> {
    await this.#driver.releaseSavepoint?.(asSession(session).connection, name, compileQuery)
  }

  destroy(): Promise<void> {
    this.#ended ??= (async () => {
      // A driver that was never started has nothing to end.
      if (this.#started === undefined) return
      await this.#started.catch(() => undefined)
      await this.#driver.destroy()
    })()
    return this.#ended
  }

  #takeTurn(): Promise<() => void> {
    const before = this.#turn
    let end: () => void = () => undefined
    this.#turn = new Promise((resolve) => {
      end = resolve
    })
    return before.then(() => end)
  }
}

/** @throws TypeError for a connection that this driver did not hand out. */
export function asSession(connection: DatabaseConnection): Session {
  if (connection instanceof Session) return connection
  throw new TypeError('this connection was not acquired through the Mizan client')
}
