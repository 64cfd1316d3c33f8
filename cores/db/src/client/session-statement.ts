/** A statement on a connection: in the level that it was begun in, or in a transaction of its own. */

import type { CompiledQuery, QueryResult } from 'kysely'
import type { Level, Report } from './level.ts'
import type { OpenLevels } from './open-levels.ts'
import { isStaleStatement } from './retry.ts'
import type { StatementSession } from './statement-session.ts'

/** Something to be done on a level. */
export interface Step {
  readonly level: Level | undefined
  readonly sql: string
  /** Settles when nothing more is reported of it. */
  readonly finished?: Promise<void>
}

/** What a statement asks of its connection. */
export interface StatementHost {
  readonly levels: OpenLevels
  /** Runs `work` when the level is the innermost. */
  onLevel<T>(step: Step, work: () => Promise<T>): Promise<T>
  execute<R>(query: CompiledQuery): Promise<QueryResult<R>>
  stream<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>>
  /** A transaction for one statement; undefined where somebody else has begun one meanwhile, which it is then part of. */
  beginAlone(): Promise<Level | undefined>
  store(level: Level): Promise<void>
  undo(level: Level): Promise<void>
  /** Nothing more is reported of the statement whose end this is. */
  finished(end: Promise<void>): void
}

/** One statement. */
export class SessionStatement implements StatementSession {
  readonly #host: StatementHost
  /** Whether the level is the one that it was written for, rather than that of its caller. */
  readonly #isMeant: boolean
  readonly #finished: Promise<void>
  #begunIn: Level | undefined
  #ranOn: Level | undefined
  #finish: () => void = () => undefined

  constructor(host: StatementHost, begunIn: Level | undefined, isMeant: boolean) {
    this.#host = host
    this.#begunIn = begunIn
    this.#isMeant = isMeant
    const { innermost } = host.levels
    this.#ranOn = innermost?.isAlone === true ? undefined : innermost
    this.#finished = new Promise((resolve) => {
      this.#finish = resolve
    })
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { levels } = this.#host
    const step = { level: this.#begunIn, sql: query.sql, finished: this.#finished }
    return this.#host.onLevel(step, () => {
      this.#ranOn = levels.innermost
      if (this.#isMeant) levels.markForeign(this.#begunIn)
      return this.#host.execute<R>(query)
    })
  }

  streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    return this.#host.stream(query, chunkSize)
  }

  get inTransaction(): boolean {
    return this.#ranOn !== undefined
  }

  whenCommitted(report: Report): void {
    if (this.#ranOn === undefined) report.tell()
    else this.#ranOn.whenCommitted(report)
  }

  async alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#begunIn !== undefined) return work()
    for (let isAgain = false; ; isAgain = true) {
      const own = await this.#host.beginAlone()
      if (own === undefined) return work()
      this.#begunIn = this.#ranOn = own
      try {
        const result = await work()
        await this.#host.store(own)
        return result
      } catch (error) {
        // The first error is the one to hear of; a connection that cannot roll back is lost anyway.
        await this.#host.undo(own).catch(() => undefined)
        // The second time the statement is not prepared on the old table.
        if (isAgain || !isStaleStatement(error)) throw error
      } finally {
        this.#begunIn = undefined
      }
    }
  }

  readonly finish = (): void => {
    this.#finish()
    this.#host.finished(this.#finished)
  }
}
