/**
 * One connection for many short reads at once: each is sent without waiting for the answers of those before it. Errors stay
 * with the statement that caused them. Nothing that waits, changes or belongs together is sent here.
 */

import type { CompiledQuery, QueryResult } from 'kysely'
import pg, { type ClientConfig } from 'pg'
import { StatementChannel } from './statement-channel.ts'

/** Statements under way; more would wait behind each other too long. */
const maximumInFlight = 256

/** The shared connection; opened by the first read, and again after it was lost. */
export class SharedReader {
  readonly #config: ClientConfig
  #opening: Promise<StatementChannel> | undefined
  #open: StatementChannel | undefined
  #isTaken = false
  #ended = false
  readonly #leave = (): void => {
    this.#isTaken = false
  }

  constructor(config: ClientConfig) {
    this.#config = config
  }

  /** Whether another read may be sent. */
  get isFree(): boolean {
    return (this.#open?.inFlight ?? 0) < maximumInFlight && !this.#isTaken && !this.#ended
  }

  /** Whether nobody uses the connection. */
  get isIdle(): boolean {
    const isUsed = this.#open === undefined ? this.#opening !== undefined : this.#open.inFlight > 0
    return !isUsed && !this.#isTaken && !this.#ended
  }

  read<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const open = this.#open
    if (open !== undefined) return open.run<R>(query, true)
    this.#opening ??= this.#connect()
    return this.#opening.then((channel) => channel.run<R>(query, true))
  }

  /** A read behind which nobody is to wait. */
  readAlone<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    this.#isTaken = true
    return this.read<R>(query).finally(this.#leave)
  }

  async end(): Promise<void> {
    this.#ended = true
    const channel = await this.#opening?.catch(() => undefined)
    await (channel?.client as pg.Client | undefined)?.end() // cast: it was connected here
  }

  async #connect(): Promise<StatementChannel> {
    // cast: the types of pg do not know the option yet
    const client = new pg.Client({ ...this.#config, pipeline: true } as ClientConfig)
    const lost = (): void => {
      this.#opening = undefined
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
    this.#open = new StatementChannel(client, { prepares: true, batches: true })
    return this.#open
  }
}
