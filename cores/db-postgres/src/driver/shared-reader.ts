/**
 * One connection for many short reads at once: each is sent without waiting for the answers of those before it. Errors stay
 * with the statement that caused them. Nothing that waits, changes or belongs together is sent here.
 */

import type { CompiledQuery, QueryResult } from 'kysely'
import pg, { type ClientConfig } from 'pg'
import { PreparedStatements } from './prepared-statements.ts'
import { isStale, runStatement } from './run-statement.ts'

/** Statements under way; more would wait behind each other too long. */
const maximumInFlight = 256

interface Open {
  readonly client: pg.Client
  readonly prepared: PreparedStatements
}

/** The shared connection; opened by the first read, and again after it was lost. */
export class SharedReader {
  readonly #config: ClientConfig
  #open: Promise<Open> | undefined
  #inFlight = 0
  #ended = false

  constructor(config: ClientConfig) {
    this.#config = config
  }

  /** Whether another read may be sent. */
  get isFree(): boolean {
    return this.#inFlight < maximumInFlight && !this.#ended
  }

  async read<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    this.#inFlight += 1
    try {
      const { client, prepared } = await (this.#open ??= this.#connect())
      try {
        return await runStatement<R>(client, query, prepared)
      } catch (error) {
        if (!isStale(error)) throw error
        return await runStatement<R>(client, query, undefined)
      }
    } finally {
      this.#inFlight -= 1
    }
  }

  async end(): Promise<void> {
    this.#ended = true
    const open = await this.#open?.catch(() => undefined)
    await open?.client.end()
  }

  async #connect(): Promise<Open> {
    // cast: the types of pg do not know the option yet
    const client = new pg.Client({ ...this.#config, pipeline: true } as ClientConfig)
    const lost = (): void => {
      this.#open = undefined
    }
    client.on('error', lost)
    client.on('end', lost)
    try {
      await client.connect()
    } catch (error) {
      lost()
      throw error
    }
    return { client, prepared: new PreparedStatements(client) }
  }
}
