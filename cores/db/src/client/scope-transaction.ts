/** The transaction of one run: opened by its first statement, ended by whoever stands around the run. */

import {
  CompiledQuery,
  type ConnectionProvider,
  type DatabaseConnection,
  type TransactionSettings,
} from 'kysely'
import { TransactionEndedError } from '../errors.ts'
import type { Level } from './level.ts'
import type { SessionDriver } from './session-driver.ts'
import type { Session } from './session.ts'

interface OpenTransaction {
  readonly session: Session
  readonly level: Level
}

/** How the transaction of a run begins. */
export interface ScopeTransactionOptions {
  readonly settings?: TransactionSettings
  /** What runs before the first statement; asked for when that is there. */
  readonly first?: () => { readonly sql: string; readonly parameters: readonly unknown[] }
}

/** Opens lazily: a run without statements costs no connection. */
export class ScopeTransaction implements ConnectionProvider {
  readonly #driver: SessionDriver
  readonly #options: ScopeTransactionOptions
  #open: Promise<OpenTransaction> | undefined
  #ended = false

  constructor(driver: SessionDriver, options: ScopeTransactionOptions = {}) {
    this.#driver = driver
    this.#options = options
  }

  /** Whether it has begun and not ended. */
  get isOpen(): boolean {
    return this.#open !== undefined && !this.#ended
  }

  async provideConnection<T>(consumer: (connection: DatabaseConnection) => Promise<T>): Promise<T> {
    if (this.#ended) throw new TransactionEndedError()
    this.#open ??= this.#begin()
    const { session } = await this.#open
    if (this.#ended) throw new TransactionEndedError()
    return consumer(session)
  }

  /**
   * Stores what the run did.
   *
   * @throws DbError when the database refuses to commit; everything is rolled back then.
   */
  async commit(): Promise<void> {
    await this.#end(async ({ session, level }) => {
      try {
        await session.commit(level)
      } catch (error) {
        // A commit that was refused leaves the transaction open on some databases.
        await session.rollback(level).catch(() => undefined)
        throw error
      }
    })
  }

  /** Undoes what the run did. */
  async rollback(): Promise<void> {
    await this.#end(({ session, level }) => session.rollback(level))
  }

  async #begin(): Promise<OpenTransaction> {
    const { settings = {}, first } = this.#options
    const before = first?.()
    const session = await this.#driver.acquireConnection()
    try {
      const level = await session.begin(settings)
      if (before === undefined) return { session, level }
      try {
        await session.executeQuery(CompiledQuery.raw(before.sql, [...before.parameters]))
      } catch (error) {
        await session.rollback(level).catch(() => undefined)
        throw error
      }
      return { session, level }
    } catch (error) {
      await this.#driver.releaseConnection(session)
      throw error
    }
  }

  async #end(finish: (transaction: OpenTransaction) => Promise<void>): Promise<void> {
    if (this.#ended) throw new TransactionEndedError()
    this.#ended = true
    if (this.#open === undefined) return
    const transaction = await this.#open.catch(() => undefined)
    // It never opened: the statement that tried has thrown.
    if (transaction === undefined) return
    try {
      await finish(transaction)
    } finally {
      await this.#driver.releaseConnection(transaction.session)
    }
  }
}
