/** Wraps a dialect's driver: hands out sessions, starts it once, and queues where one connection is all there is. */

import type {
  DatabaseConnection,
  Driver,
  QueryCompiler,
  QueryId,
  TransactionSettings,
} from 'kysely'
import { DbError, NoFreeConnectionError } from '../errors.ts'
import type { SharingDriver } from '../dialect/sharing-driver.ts'
import type { SendBatch } from './batch.ts'
import type { Level } from './level.ts'
import type { SendShared } from './shared-read.ts'
import { Session, type SessionParts, type ToDbError } from './session.ts'
import { SessionAt } from './session-at.ts'

/** What the wrapper needs beside the driver. */
export interface SessionDriverOptions {
  readonly toDbError: ToDbError
  readonly compileQuery: QueryCompiler['compileQuery']
  /** False: connections are handed out one at a time. */
  readonly concurrency: boolean
  /** How long a statement waits for a connection, in milliseconds. */
  readonly acquireTimeout: number
  readonly noteOf: SessionParts['noteOf']
  readonly ambient: SessionParts['ambient']
}

/** What a driver is doing. */
export interface DriverLoad {
  /** Connections in use. */
  readonly used: number
  /** Waiting for one. */
  readonly waiting: number
}

/** The driver that the client uses. */
export class SessionDriver implements Driver {
  readonly #driver: Driver
  readonly #options: SessionDriverOptions
  #started: Promise<void> | undefined
  #isStarted = false
  #ended: Promise<void> | undefined
  #turn: Promise<void> = Promise.resolve()
  #endTurn: (() => void) | undefined
  #used = 0
  #waiting = 0

  readonly #sendShared: SendShared = (query) => {
    const driver: SharingDriver = this.#driver
    return driver.readShared?.(query) ?? Promise.resolve({ rows: [] })
  }
  readonly #sendAlone: SendShared = (query) => {
    const driver: SharingDriver = this.#driver
    return driver.readAlone?.(query) ?? Promise.resolve({ rows: [] })
  }

  constructor(driver: Driver, options: SessionDriverOptions) {
    this.#driver = driver
    this.#options = options
  }

  get load(): DriverLoad {
    return { used: this.#used, waiting: this.#waiting }
  }

  /** Maps an error of the driver. */
  get toDbError(): ToDbError {
    return this.#options.toDbError
  }

  /** Sends reads on the shared connection; undefined when the driver has none, or it is busy. */
  get shared(): SendShared | undefined {
    const driver: SharingDriver = this.#driver
    return this.#isOpen && driver.canShare === true ? this.#sendShared : undefined
  }

  /** Sends a read that may take long on that connection; undefined when anybody uses it. */
  get sharedAlone(): SendShared | undefined {
    const driver: SharingDriver = this.#driver
    return this.#isOpen && driver.canReadAlone === true ? this.#sendAlone : undefined
  }

  get #isOpen(): boolean {
    return this.#ended === undefined && this.#isStarted
  }

  /** Ends a statement if a connection is busy with it; resolves when the database has heard of it. */
  async cancel(session: DatabaseConnection, query: QueryId): Promise<void> {
    const driver: SharingDriver = this.#driver
    await driver.cancel?.(asSession(session).connection, query)
  }

  /** Sends statements in one go; undefined for a driver that has transactions instead. */
  get sendBatch(): SendBatch | undefined {
    const driver: SharingDriver = this.#driver
    if (driver.executeBatch === undefined) return undefined
    return async (queries, settings) => {
      await this.init()
      return driver.executeBatch?.(queries, settings) ?? []
    }
  }

  /** A session for one stream; undefined where all go through the connections of the driver. */
  async openReader(): Promise<
    { readonly session: Session; readonly close: () => void } | undefined
  > {
    await this.init()
    const driver: SharingDriver = this.#driver
    const connection = await driver.openReader?.()
    return connection && { session: this.sessionOn(connection), close: () => connection.close() }
  }

  /** A session on a connection that this driver did not hand out. */
  sessionOn(connection: DatabaseConnection): Session {
    const { acquireTimeout: patience, ...options } = this.#options
    return new Session({ ...options, driver: this.#driver, connection, patience })
  }

  init(): Promise<void> {
    if (this.#ended !== undefined) {
      return Promise.reject(new DbError('client_closed', 'The database client has been closed'))
    }
    this.#started ??= this.#driver.init().then(
      () => {
        this.#isStarted = true
      },
      (error: unknown) => {
        this.#started = undefined
        throw this.#options.toDbError(error, undefined)
      },
    )
    return this.#started
  }

  /** @throws NoFreeConnectionError when none becomes free in time. */
  async acquireConnection(): Promise<Session> {
    await this.init()
    const acquired = this.#acquire()
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new NoFreeConnectionError())
        // Nobody waits for it any more.
        acquired.then(
          (session) => this.releaseConnection(session),
          () => undefined,
        )
      }, this.#options.acquireTimeout)
    })
    try {
      return await Promise.race([acquired, late])
    } finally {
      clearTimeout(timer)
    }
  }

  async releaseConnection(session: DatabaseConnection): Promise<void> {
    const endTurn = this.#endTurn
    const own = asSession(session)
    own.release()
    this.#used -= 1
    try {
      await this.#driver.releaseConnection(own.connection)
    } finally {
      if (endTurn !== undefined) {
        this.#endTurn = undefined
        endTurn()
      }
    }
  }

  async beginTransaction(
    session: DatabaseConnection,
    settings: TransactionSettings,
  ): Promise<void> {
    await asSession(session).begin(settings)
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

  async #acquire(): Promise<Session> {
    this.#waiting += 1
    const endTurn = this.#options.concurrency ? undefined : await this.#takeTurn()
    try {
      const connection = await this.#driver.acquireConnection()
      this.#used += 1
      const session = this.sessionOn(connection)
      if (endTurn !== undefined) this.#endTurn = endTurn
      return session
    } catch (error) {
      endTurn?.()
      throw this.#options.toDbError(error, undefined)
    } finally {
      this.#waiting -= 1
    }
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
  if (connection instanceof SessionAt) return connection.session
  throw new TypeError('this connection was not acquired through the Mizan client')
}

/** The level of transactions that a connection was handed out for. */
export function levelOf(connection: DatabaseConnection): Level | undefined {
  return connection instanceof SessionAt ? connection.level : undefined
}
