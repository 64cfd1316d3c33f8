/** The transaction of one run: opened by its first statement, ended by whoever stands around the run. */

import type { ConnectionProvider, DatabaseConnection } from 'kysely'
import { TransactionEndedError } from '../errors.ts'
import { asSession, type SessionDriver } from './session-driver.ts'
import type { Session } from './session.ts'

/** Opens lazily: a run without statements costs no connection. */
export class ScopeTransaction implements ConnectionProvider {
  readonly #driver: SessionDriver
  #session: Promise<Session> | undefined
  #ended = false

  constructor(driver: SessionDriver) {
    this.#driver = driver
  }

  async provideConnection<T>(consumer: (connection: DatabaseConnection) => Promise<T>): Promise<T> {
    if (this.#ended) throw new TransactionEndedError()
    this.#session ??= this.#open()
    const session = await this.#session
    if (this.#ended) throw new TransactionEndedError()
    return consumer(session)
  }

  /**
   * Stores what the run did.
   *
   * @throws DbError when the database refuses to commit; everything is rolled back then.
   */
  async commit(): Promise<void> {
    await this.#end(async (session) => {
      try {
        await session.commit()
      } catch (error) {
        // A commit that was refused leaves the transaction open on some databases.
        await session.rollback().catch(() => undefined)
        throw error
      }
    })
  }

  /** Undoes what the run did. */
  async rollback(): Promise<void> {
    await this.#end((session) => session.rollback())
  }

  async #open(): Promise<Session> {
    const session = asSession(await this.#driver.acquireConnection())
    try {
      await session.begin({})
      return session
    } catch (error) {
      await this.#driver.releaseConnection(session)
      throw error
    }
  }

  async #end(finish: (session: Session) => Promise<void>): Promise<void> {
    if (this.#ended) throw new TransactionEndedError()
    this.#ended = true
    if (this.#session === undefined) return
    const session = await this.#session.catch(() => undefined)
    // It never opened: the statement that tried has thrown.
    if (session === undefined) return
    try {
      await finish(session)
    } finally {
      await this.#driver.releaseConnection(session)
    }
  }
}
