/** A Kysely driver on `pg` that owns its prepared statements. */

import { ConnectionError, type SharingDriver } from '@mizan/db'
import {
  AbortedTransactionError,
  CompiledQuery,
  type DatabaseConnection,
  type QueryCompiler,
  type QueryId,
  type QueryResult,
  type TransactionSettings,
} from 'kysely'
import pg, { type ClientConfig, type PoolClient, type PoolConfig } from 'pg'
import { assertSettings, pooledClient, type Setting } from './pooled-sessions.ts'
import { PostgresConnection } from './postgres-connection.ts'
import { SharedReader } from './shared-reader.ts'
import { StatementChannel } from './statement-channel.ts'

/** What the driver is made with. */
export interface PostgresDriverOptions {
  readonly pool: PoolConfig
  readonly client: ClientConfig
  /** False behind a pooler that hands another server connection to each transaction. */
  readonly prepares: boolean
  /** Behind such a pooler: what the server's settings must be. */
  readonly pooled?: readonly Setting[] | undefined
}

/** A pool, and one shared connection for short reads. */
export class PostgresDriver implements SharingDriver {
  readonly #options: PostgresDriverOptions
  readonly #channels = new WeakMap<PoolClient, StatementChannel>()
  #pool: pg.Pool | undefined
  #reader: SharedReader | undefined

  constructor(options: PostgresDriverOptions) {
    this.#options = options
  }

  async init(): Promise<void> {
    const { pool: config, pooled } = this.#options
    const pool = new pg.Pool(
      pooled === undefined ? config : { ...config, Client: pooledClient(pooled) },
    )
    // A server that goes away ends idle connections, and those that wait inside a transaction; without listeners that would
    // end the process. The next statement gets a new connection, or a ConnectionError.
    pool.on('error', () => undefined)
    pool.on('connect', (client) => client.on('error', () => undefined))
    this.#pool = pool
    if (this.#options.prepares) this.#reader = new SharedReader(this.#options.client)
  }

  async acquireConnection(): Promise<PostgresConnection> {
    const client = await this.#opened().connect()
    let channel = this.#channels.get(client)
    if (channel === undefined) {
      await this.#assertSettings(client)
      channel = new StatementChannel(client, { prepares: this.#options.prepares, batches: false })
      this.#channels.set(client, channel)
    }
    return new PostgresConnection(client, { channel, config: this.#options.client })
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    const own = asOwn(connection)
    own.client.release(own.isBroken)
  }

  get canShare(): boolean {
    return this.#reader?.isFree === true
  }

  readShared(query: CompiledQuery): Promise<QueryResult<unknown>> {
    if (this.#reader === undefined) throw new ConnectionError('There is no shared connection')
    return this.#reader.read(query)
  }

  get canReadAlone(): boolean {
    return this.#reader?.isIdle === true
  }

  readAlone(query: CompiledQuery): Promise<QueryResult<unknown>> {
    if (this.#reader === undefined) throw new ConnectionError('There is no shared connection')
    return this.#reader.readAlone(query)
  }

  async cancel(connection: DatabaseConnection, query: QueryId): Promise<void> {
    await asOwn(connection).cancel(query)
  }

  async beginTransaction(
    connection: DatabaseConnection,
    { isolationLevel, accessMode }: TransactionSettings,
  ): Promise<void> {
    const isolation = isolationLevel === undefined ? '' : ` isolation level ${isolationLevel}`
    const access = accessMode === undefined ? '' : ` ${accessMode}`
    await connection.executeQuery(CompiledQuery.raw(`begin${isolation}${access}`))
    asOwn(connection).inTransaction = true
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    const own = asOwn(connection)
    // PostgreSQL answers COMMIT with ROLLBACK when an earlier error has left nothing to commit.
    const { command } = await own.guard(() => own.client.query('commit'))
    own.inTransaction = false
    if (command === 'ROLLBACK') throw new AbortedTransactionError()
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    const own = asOwn(connection)
    own.inTransaction = false
    try {
      await own.client.query('rollback')
    } catch (error) {
      // In an unknown state: nobody gets it again.
      own.isBroken = true
      throw error
    }
  }

  async savepoint(
    connection: DatabaseConnection,
    name: string,
    _compile: QueryCompiler['compileQuery'],
  ): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`savepoint ${pg.escapeIdentifier(name)}`))
  }

  async rollbackToSavepoint(
    connection: DatabaseConnection,
    name: string,
    _compile: QueryCompiler['compileQuery'],
  ): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`rollback to ${pg.escapeIdentifier(name)}`))
  }

  async releaseSavepoint(
    connection: DatabaseConnection,
    name: string,
    _compile: QueryCompiler['compileQuery'],
  ): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`release ${pg.escapeIdentifier(name)}`))
  }

  async destroy(): Promise<void> {
    const pool = this.#pool
    this.#pool = undefined
    await Promise.all([pool?.end(), this.#reader?.end()])
  }

  async #assertSettings(client: PoolClient): Promise<void> {
    const { pooled } = this.#options
    if (pooled === undefined) return
    try {
      await assertSettings(client, pooled)
    } catch (error) {
      client.release(true)
      throw error
    }
  }

  #opened(): pg.Pool {
    if (this.#pool === undefined) throw new ConnectionError('The database client has been closed')
    return this.#pool
  }
}

function asOwn(connection: DatabaseConnection): PostgresConnection {
  if (connection instanceof PostgresConnection) return connection
  throw new TypeError('this connection was not acquired from this driver')
}
