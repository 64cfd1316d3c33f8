/** The way of statements to one client: prepared where it pays, sent in one write, read without a detour. */

import { textColumnsOf } from '@mizan/db'
import type { CompiledQuery, QueryResult } from 'kysely'
import type { ClientBase, Submittable } from 'pg'
import { PreparedStatements } from './prepared-statements.ts'
import { isStale, runText } from './run-text.ts'
import {
  type StatementCaller,
  StatementQuery,
  type StatementRows,
  type StatementRun,
  type Wire,
} from './statement-query.ts'

/** How statements are sent. */
export interface StatementChannelOptions {
  /** False behind a pooler that hands another server connection to each transaction: nothing is left on the server. */
  readonly prepares: boolean
  /** What is asked for in one turn of the loop travels in one write. */
  readonly batches: boolean
}

const preparable: ReadonlySet<string> = new Set([
  'SelectQueryNode',
  'InsertQueryNode',
  'UpdateQueryNode',
  'DeleteQueryNode',
])

/** A client that statements are sent to. */
export class StatementChannel {
  readonly client: ClientBase
  readonly #prepared: PreparedStatements | undefined
  #batch: Buffer[] = []
  readonly #write: (wire: Wire, bytes: Buffer) => void
  #inFlight = 0

  constructor(client: ClientBase, { prepares, batches }: StatementChannelOptions) {
    this.client = client
    this.#prepared = prepares ? new PreparedStatements() : undefined
    this.#write = batches ? (wire, bytes) => this.#collect(wire, bytes) : send
  }

  /** Statements whose answers are awaited. */
  get inFlight(): number {
    return this.#inFlight
  }

  /**
   * Runs a statement. Where the server says that what it had prepared no longer fits, or is gone, it is told the whole again;
   * `repeats` is false inside a transaction, which has ended with that error.
   */
  run<R>(query: CompiledQuery, repeats: boolean): Promise<QueryResult<R>> {
    if (!preparable.has(query.query.kind)) return runText<R>(this.client, query)
    return new Promise((resolve, reject) => {
      this.#inFlight += 1
      const done = (rows: StatementRows): void => {
        this.#inFlight -= 1
        resolve(toResult<R>(rows))
      }
      const fail = (error: unknown): void => {
        this.#inFlight -= 1
        reject(error)
      }
      const prepared = this.#prepared
      const run = {
        text: query.sql,
        values: query.parameters,
        texts: textColumnsOf(query),
        statement: prepared?.find(query.sql),
      }
      this.#submit(run, {
        write: this.#write,
        resolve: done,
        reject: (error) => {
          const isOutdated = run.statement !== undefined && isStale(error)
          if (isOutdated) prepared?.forgetAll()
          if (isOutdated && repeats) {
            const caller = { write: this.#write, resolve: done, reject: fail }
            this.#submit({ ...run, statement: undefined }, caller)
          } else fail(error)
        },
      })
    })
  }

  #submit(run: StatementRun, caller: StatementCaller): void {
    try {
      // cast: pg asks for no more than its own queries have
      this.client.query(new StatementQuery(run, this.#prepared, caller) as unknown as Submittable)
    } catch (error) {
      caller.reject(error)
    }
  }

  #collect(wire: Wire, bytes: Buffer): void {
    if (this.#batch.push(bytes) > 1) return
    process.nextTick(() => {
      const batch = this.#batch
      this.#batch = []
      send(wire, batch.length === 1 ? bytes : Buffer.concat(batch))
    })
  }
}

/** A connection that is lost says so to everybody who waits. */
function send({ stream }: Wire, bytes: Buffer): void {
  if (stream.writable) stream.write(bytes)
}

function toResult<R>({ rows, tag }: StatementRows): QueryResult<R> {
  const own = rows as R[] // cast: the row type is the query builder's
  const changed = tag.startsWith('SELECT')
    ? null
    : /^(?:INSERT \d+|UPDATE|DELETE|MERGE) (\d+)$/.exec(tag)
  return changed === null ? { rows: own } : { rows: own, numAffectedRows: BigInt(changed[1] ?? 0) }
}
