/** A statement that was made once and runs with other values. */

import { type CompiledQuery, createQueryId, type QueryId, type RootOperationNode } from 'kysely'
import type { Codec } from '../dialect/codec.ts'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { AnyBoundColumn } from '../schema/column.ts'
import type { Sharing } from '../client/shared-read.ts'
import type { Analysis, TableRead } from './analysis.ts'
import type { Output } from './source.ts'
import { valueTag } from './tags.ts'
import { encodeParameter } from './values.ts'

/** Stands among the parameters of a statement for the value that comes with each run. */
export class Slot {
  readonly index: number
  readonly codec: Codec | undefined
  readonly column: AnyBoundColumn | undefined

  constructor(
    index: number,
    {
      codec,
      column,
    }: { readonly codec: Codec | undefined; readonly column: AnyBoundColumn | undefined },
  ) {
    this.index = index
    this.codec = codec
    this.column = column
  }
}

/** What a statement is made of, without its values. */
export interface PreparedQueryParts {
  readonly compiled: CompiledQuery
  readonly analysis: Analysis
  readonly dialect: DialectPackage
  /** Index of the value that a read is placed by. */
  readonly slotOf: (read: TableRead) => number | undefined
  /** Whether it may run beside others on one connection. */
  readonly sharing: Sharing
}

/** The statement. */
export class PreparedQuery {
  readonly #parts: PreparedQueryParts
  /** Of each read, the value that it is placed by. */
  readonly placed: readonly (number | undefined)[]

  constructor(parts: PreparedQueryParts) {
    this.#parts = parts
    this.placed = parts.analysis.reads.map(parts.slotOf)
  }

  get analysis(): Analysis {
    return this.#parts.analysis
  }

  get sharing(): Sharing {
    return this.#parts.sharing
  }

  /**
   * The statement with these values; `written` is the tree that they were taken from.
   *
   * @throws ValueError naming the column of a value that it cannot hold.
   */
  with(values: readonly unknown[], written?: RootOperationNode): ReadyQuery {
    const { compiled, dialect } = this.#parts
    const parameters = compiled.parameters.map((parameter) =>
      parameter instanceof Slot
        ? encodeParameter(values[parameter.index], {
            codec: parameter.codec,
            column: parameter.column,
            dialect,
          })
        : parameter,
    )
    return new ReadyQuery(this, compiled, { parameters, values, written })
  }
}

interface Run {
  readonly parameters: readonly unknown[]
  readonly values: readonly unknown[]
  readonly written: RootOperationNode | undefined
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
    this.queryId = createQueryId()
    this.prepared = prepared
    this.written = run.written
    this.analysis = new PlacedAnalysis(prepared, run.values)
  }
}

/** What is known of a statement, by the values of one run. */
class PlacedAnalysis implements Analysis {
  readonly output: Output
  readonly writes: Analysis['writes']
  readonly opaque: Analysis['opaque']
  readonly #prepared: PreparedQuery
  readonly #values: readonly unknown[]

  constructor(prepared: PreparedQuery, values: readonly unknown[]) {
    this.#prepared = prepared
    this.#values = values
    const { output, writes, opaque } = prepared.analysis
    this.output = output
    this.writes = writes
    this.opaque = opaque
  }

  get reads(): readonly TableRead[] {
    const { analysis, placed } = this.#prepared
    return analysis.reads.map((read, index) => {
      const slot = placed[index]
      if (slot === undefined || read.equals === undefined) return read
      const { column } = read.equals
      const value = this.#values[slot]
      return {
        ...read,
        equals: valueTag(column, value) === undefined ? undefined : { column, value },
      }
    })
  }
}

/** What holds of a statement whatever its values are. */
export function unplaced(analysis: Analysis): Analysis {
  return {
    ...analysis,
    reads: analysis.reads.map((read) =>
      read.equals?.source === undefined ? read : { ...read, equals: undefined },
    ),
  }
}

/** Statements that a client keeps. */
const maximumKept = 1000

/** What was made before, by its shape, the least recently used first. */
export class RecentlyUsed<T> {
  readonly #kept = new Map<string, T>()

  get(key: string): T | undefined {
    const found = this.#kept.get(key)
    if (found === undefined) return undefined
    this.#kept.delete(key)
    this.#kept.set(key, found)
    return found
  }

  set(key: string, value: T): void {
    const oldest = this.#kept.keys().next().value
    if (this.#kept.size >= maximumKept && oldest !== undefined) this.#kept.delete(oldest)
    this.#kept.set(key, value)
  }
}
