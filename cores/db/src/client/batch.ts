/** Statements that are sent in one go, where transactions do not stay open while code runs. */

import {
  type Compilable,
  type CompiledQuery,
  type ConnectionProvider,
  type DatabaseConnection,
  DeleteQueryNode,
  DeleteResult,
  type InferResult,
  InsertQueryNode,
  InsertResult,
  type QueryResult,
  type TransactionSettings,
  UpdateQueryNode,
  UpdateResult,
} from 'kysely'
import { DbError } from '../errors.ts'
import type { SessionDriver } from './session-driver.ts'
import type { ToDbError } from './session.ts'

/** What each statement of a batch gave, as its `execute()` would give it. */
export type BatchResults<Q extends readonly Compilable[]> = {
  -readonly [At in keyof Q]: InferResult<Q[At]>
}

/** Sends them; they are stored together or not at all. */
export type SendBatch = (
  queries: readonly CompiledQuery[],
  settings: TransactionSettings,
) => Promise<readonly QueryResult<unknown>[]>

/** What a batch needs of its client. */
export interface BatchOptions {
  readonly settings: TransactionSettings
  readonly send: SendBatch
  readonly driver: SessionDriver
  /** Takes a statement through the client's layers, on the connection that is provided. */
  readonly execute: (
    query: CompiledQuery,
    provider: ConnectionProvider,
  ) => Promise<QueryResult<unknown>>
}

/**
 * Each statement passes the layers by itself, as if it were alone; when all of them have come to their connection, they are sent.
 *
 * @throws what the first failure of one of them was; none is stored then.
 */
export async function executeBatch(
  queries: readonly CompiledQuery[],
  { settings, send, driver, execute }: BatchOptions,
): Promise<readonly QueryResult<unknown>[]> {
  if (queries.length === 0) return []
  const batch = new Batch(queries.length, {
    send: (all) => send(all, settings),
    toDbError: driver.toDbError,
  })
  const outcomes = await Promise.allSettled(
    queries.map(async (query, at) => {
      const session = driver.sessionOn(batch.connectionAt(at))
      try {
        return await execute(query, { provideConnection: (consumer) => consumer(session) })
      } catch (error) {
        batch.fail(error)
        throw error
      }
    }),
  )
  if (batch.failure !== undefined) throw batch.failure.error
  return outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : { rows: [] }))
}

/** What `execute()` makes of a result. */
export function toExecuteResult(
  { query }: CompiledQuery,
  result: QueryResult<unknown>,
  hasReturning: boolean,
): unknown[] {
  const { rows, insertId, numAffectedRows = 0n, numChangedRows } = result
  if (hasReturning && 'returning' in query && query.returning !== undefined) return rows
  if (InsertQueryNode.is(query)) return [new InsertResult(insertId, numAffectedRows)]
  if (UpdateQueryNode.is(query)) return [new UpdateResult(numAffectedRows, numChangedRows)]
  if (DeleteQueryNode.is(query)) return [new DeleteResult(numAffectedRows)]
  return rows
}

interface BatchParts {
  readonly send: (queries: readonly CompiledQuery[]) => Promise<readonly QueryResult<unknown>[]>
  readonly toDbError: ToDbError
}

/** Waits for all statements, and hands each its result. */
class Batch {
  readonly #parts: BatchParts
  readonly #size: number
  readonly #queries = new Map<number, CompiledQuery>()
  readonly #answered: Promise<readonly QueryResult<unknown>[]>
  #answer: (results: Promise<readonly QueryResult<unknown>[]>) => void = () => undefined
  #refuse: (error: unknown) => void = () => undefined
  /** The first failure; later ones follow from it. */
  failure: { readonly error: unknown } | undefined

  constructor(size: number, parts: BatchParts) {
    this.#size = size
    this.#parts = parts
    this.#answered = new Promise((resolve, reject) => {
      this.#answer = resolve
      this.#refuse = reject
    })
    // Who failed before the first has come is told by nobody else.
    this.#answered.catch(() => undefined)
  }

  connectionAt(at: number): DatabaseConnection {
    return {
      executeQuery: async <R>(query: CompiledQuery): Promise<QueryResult<R>> => {
        const results = await this.#put(at, query)
        return (results[at] ?? { rows: [] }) as QueryResult<R> // cast: the row type is the query builder's
      },
      streamQuery() {
        throw new TypeError('a batch is not streamed')
      },
    }
  }

  fail(error: unknown): void {
    if (this.failure !== undefined) return
    this.failure = { error }
    this.#refuse(error)
  }

  #put(at: number, query: CompiledQuery): Promise<readonly QueryResult<unknown>[]> {
    if (this.#queries.has(at))
      throw new DbError('batch', 'What a layer asks beside a statement has no place in a batch')
    this.#queries.set(at, query)
    if (this.#queries.size === this.#size && this.failure === undefined)
      this.#answer(this.#send([...this.#queries].toSorted(([a], [b]) => a - b)))
    return this.#answered
  }

  async #send(
    queries: readonly (readonly [number, CompiledQuery])[],
  ): Promise<readonly QueryResult<unknown>[]> {
    try {
      return await this.#parts.send(queries.map(([, query]) => query))
    } catch (error) {
      // Which of them it was is not said.
      throw this.#parts.toDbError(error, undefined)
    }
  }
}
