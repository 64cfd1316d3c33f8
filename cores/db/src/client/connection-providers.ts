/** Where the statements of a client get their connection from. */

import { MizanError } from '@mizan/protocol'
import type { ConnectionProvider, DatabaseConnection } from 'kysely'
import { TransactionEndedError } from '../errors.ts'
import type { ClientJoin } from './scope-port.ts'
import type { SessionDriver } from './session-driver.ts'

/** Holds what joins a client to an app, which a plugin may set after the client is made. */
export interface JoinHolder {
  join: ClientJoin
}

/** The connection of the run's transaction where there is one; else one of the pool for each statement. */
export class ScopedProvider implements ConnectionProvider {
  readonly #driver: SessionDriver
  readonly #holder: JoinHolder

  constructor(driver: SessionDriver, holder: JoinHolder) {
    this.#driver = driver
    this.#holder = holder
  }

  async provideConnection<T>(consumer: (connection: DatabaseConnection) => Promise<T>): Promise<T> {
    const { transaction, signal } = this.#holder.join.port() ?? {}
    if (transaction !== undefined) return transaction.provideConnection(consumer)
    assertWanted(signal)
    const session = await this.#driver.acquireConnection()
    try {
      assertWanted(signal)
      return await consumer(session)
    } finally {
      await this.#driver.releaseConnection(session)
    }
  }
}

/** The one connection of a transaction, until it ends. */
export class TransactionProvider implements ConnectionProvider {
  readonly #connection: DatabaseConnection
  #ended = false

  constructor(connection: DatabaseConnection) {
    this.#connection = connection
  }

  /** From now on every statement through the transaction's client is refused. */
  end(): void {
    this.#ended = true
  }

  provideConnection<T>(consumer: (connection: DatabaseConnection) => Promise<T>): Promise<T> {
    return this.#ended ? Promise.reject(new TransactionEndedError()) : consumer(this.#connection)
  }
}

/** 499, as servers write it into their logs: nobody hears the answer, and nothing failed. */
export function assertWanted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return
  const cause: unknown = signal.reason
  if (cause instanceof MizanError) throw cause
  throw new MizanError('CALLER_LEFT', 'The caller has left; the statement was not begun', {
    status: 499,
    cause,
  })
}
