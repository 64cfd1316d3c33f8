/** A Kysely driver on `mysql2` that cancels by name and prepares what comes back. */

import { ConnectionError, type SharingDriver } from '@mizan/db'
import {
  CompiledQuery,
  type DatabaseConnection,
  type QueryId,
  type TransactionSettings,
} from 'kysely'
import {
  createConnection,
  createPool,
  type Pool,
  type PoolConnection,
  type PoolOptions,
} from 'mysql2'
import { MysqlConnection } from './mysql-connection.ts'
import { maximumPrepared, PreparedTexts } from './prepared-texts.ts'

/** What the driver is made with. */
export interface MysqlDriverOptions {
  readonly pool: PoolOptions
  /** False behind a proxy that hands another server connection to each transaction. */
  readonly prepares: boolean
  /** Runs once on every new connection. */
  readonly pins: readonly string[]
}

/** A pool. */
export class MysqlDriver implements SharingDriver {
  readonly #options: MysqlDriverOptions
  readonly #connections = new WeakMap<PoolConnection, MysqlConnection>()
  #pool: Pool | undefined

  constructor(options: MysqlDriverOptions) {
    this.#options = options
  }

  async init(): Promise<void> {
    this.#pool = createPool({ ...this.#options.pool, maxPreparedStatements: maximumPrepared })
  }

  async acquireConnection(): Promise<MysqlConnection> {
    const raw = await this.#take()
    const known = this.#connections.get(raw)
    if (known !== undefined) return known
    const connection = new MysqlConnection(raw, {
      prepared: this.#options.prepares ? new PreparedTexts() : undefined,
      control: (sql) => this.#control(sql),
    })
    try {
      for (const pin of this.#options.pins) await connection.executeQuery(CompiledQuery.raw(pin))
    } catch (error) {
      raw.destroy()
      throw error
    }
    this.#connections.set(raw, connection)
    return connection
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    const { raw, isBroken } = asOwn(connection)
    if (isBroken) raw.destroy()
    else raw.release()
  }

  async cancel(connection: DatabaseConnection, query: QueryId): Promise<void> {
    await asOwn(connection).cancel(query)
  }

  async beginTransaction(
    connection: DatabaseConnection,
    { isolationLevel, accessMode }: TransactionSettings,
  ): Promise<void> {
    const settings = [
      ...(isolationLevel === undefined ? [] : [`isolation level ${isolationLevel}`]),
      ...(accessMode === undefined ? [] : [accessMode]),
    ]
    if (settings.length > 0) await run(connection, `set transaction ${settings.join(', ')}`)
    await run(connection, 'begin')
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await run(connection, 'commit')
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await run(connection, 'rollback')
    } catch (error) {
      // In an unknown state: nobody gets it again.
      asOwn(connection).isBroken = true
      throw error
    }
  }

  async savepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await run(connection, `savepoint ${quote(name)}`)
  }

  async rollbackToSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await run(connection, `rollback to savepoint ${quote(name)}`)
  }

  async releaseSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await run(connection, `release savepoint ${quote(name)}`)
  }

  async destroy(): Promise<void> {
    const pool = this.#pool
    this.#pool = undefined
    await new Promise<void>((resolve, reject) => {
      if (pool === undefined) resolve()
      else pool.end((error) => (error === null || error === undefined ? resolve() : reject(error)))
    })
  }

  #take(): Promise<PoolConnection> {
    return new Promise((resolve, reject) => {
      if (this.#pool === undefined) throw new ConnectionError('The database client has been closed')
      this.#pool.getConnection((error, connection) => {
        if (error === null) resolve(connection)
        else reject(error)
      })
    })
  }

  /** Not on a connection of the pool: all of those may be busy with what is to be ended. */
  #control(sql: string): Promise<void> {
    const { uri, connectTimeout } = this.#options.pool
    const connection = createConnection({
      ...(uri === undefined ? {} : { uri }),
      ...(connectTimeout === undefined ? {} : { connectTimeout }),
    })
    return new Promise<void>((resolve, reject) => {
      connection.once('error', reject)
      connection.query(sql, (error) => (error === null ? resolve() : reject(error)))
    }).finally(() => connection.destroy())
  }
}

async function run(connection: DatabaseConnection, sql: string): Promise<void> {
  await connection.executeQuery(CompiledQuery.raw(sql))
}

function quote(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

function asOwn(connection: DatabaseConnection): MysqlConnection {
  if (connection instanceof MysqlConnection) return connection
  throw new TypeError('this connection was not acquired from this driver')
}
