/** A statement that was made once and runs with other values. */

import { type CompiledQuery, createQueryId, type QueryId, type RootOperationNode } from 'kysely'
import type { Sharing } from '../client/shared-read.ts'
import type { Analysis, TableRead } from './analysis.ts'
import { PlacedAnalysis } from './placed-analysis.ts'
import { ListSlot, Slot } from './slot.ts'

/** What a statement is made of, without its values. */
export interface PreparedQueryParts {
  readonly compiled: CompiledQuery
  readonly analysis: Analysis
  /** Index of the value that a read is placed by. */
  readonly slotOf: (read: TableRead) => number | undefined
  /** Whether it may run beside others on one connection. */
  readonly sharing: Sharing
}

const preparedTrees = new WeakMap<RootOperationNode, PreparedQuery>()

/** The statement that a bound tree belongs to; undefined for one that was made for one run. */
export function preparedOf(node: RootOperationNode): PreparedQuery | undefined {
  return preparedTrees.get(node)
}

/** The statement. */
export class PreparedQuery {
  readonly #parts: PreparedQueryParts
  /** Of each read, the value that it is placed by. */
  readonly placed: readonly (number | undefined)[]
  /** Trees that layers have made of its tree. */
  readonly #changed = new WeakMap<RootOperationNode, CompiledQuery>()

  constructor(parts: PreparedQueryParts) {
    this.#parts = parts
    this.placed = parts.analysis.reads.map(parts.slotOf)
    preparedTrees.set(parts.compiled.query, this)
  }

  /** Whether each of so many values has its place in the SQL. */
  takes(count: number): boolean {
    const { parameters } = this.#parts.compiled
    const taken = new Set(parameters.flatMap((one) => (one instanceof Slot ? [one.index] : [])))
    return taken.size === count
  }

  get analysis(): Analysis {
    return this.#parts.analysis
  }

  get sharing(): Sharing {
    return this.#parts.sharing
  }

  /**
   * The statement with these values.
   *
   * @returns undefined where a list among them is no one parameter: it makes a statement of its own
   * @throws ValueError naming the column of a value that it cannot hold.
   */
  with(values: readonly unknown[], caller: Caller = {}): ReadyQuery | undefined {
    const { compiled } = this.#parts
    const parameters: unknown[] = []
    for (const parameter of compiled.parameters) {
      const value =
        parameter instanceof Slot ? parameter.encode(values[parameter.index]) : parameter
      if (value === undefined && parameter instanceof ListSlot) return undefined
      parameters.push(value)
    }
    return new ReadyQuery(this, compiled, { ...caller, parameters, values })
  }

  /** What a layer has made of the statement, with the parameters that `sent` has. */
  change(
    node: RootOperationNode,
    sent: CompiledQuery,
    compile: (node: RootOperationNode) => CompiledQuery,
  ): CompiledQuery {
    let compiled = this.#changed.get(node)
    if (compiled === undefined) {
      compiled = compile(node)
      this.#changed.set(node, compiled)
    }
    const own = this.#parts.compiled.parameters
    const parameters = compiled.parameters.map((parameter) =>
      parameter instanceof Slot ? sent.parameters[own.indexOf(parameter)] : parameter,
    )
    return { query: node, sql: compiled.sql, parameters, queryId: sent.queryId }
  }
}

/** Who asks for a run. */
interface Caller {
  /** The tree that the values were taken from. */
  readonly written?: RootOperationNode
  /** By which plugins know it. */
  readonly queryId?: QueryId
}

interface Run extends Caller {
  readonly parameters: readonly unknown[]
  readonly values: readonly unknown[]
}

/** A prepared statement with the values of one run. */
export class ReadyQuery implements CompiledQuery {
  readonly query: RootOperationNode
  readonly sql: string
  readonly parameters: readonly unknown[]
  readonly queryId: QueryId
  readonly prepared: PreparedQuery
  readonly analysis: Analysis
  /** The tree as it was written, with the values of this run. */
  readonly written: RootOperationNode | undefined

  constructor(prepared: PreparedQuery, compiled: CompiledQuery, run: Run) {
    this.query = compiled.query
    this.sql = compiled.sql
    this.parameters = run.parameters
    this.queryId = run.queryId ?? createQueryId()
    this.prepared = prepared
    this.written = run.written
    this.analysis = new PlacedAnalysis(prepared, run.values)
  }
}
