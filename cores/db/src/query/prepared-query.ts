/** A statement that was made once and runs with other values. */

import { type CompiledQuery, createQueryId, type RootOperationNode } from 'kysely'
import type { Codec } from '../dialect/codec.ts'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { AnyBoundColumn } from '../schema/column.ts'
import type { Analysis } from './analysis.ts'
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
  readonly slotOf: (read: Analysis['reads'][number]) => number | undefined
  /** Makes what is known of a tree known. */
  readonly setAnalysis: (node: RootOperationNode, analysis: Analysis) => void
}

/** The statement. */
export class PreparedQuery {
  readonly #parts: PreparedQueryParts
  readonly #placed: readonly (number | undefined)[]

  constructor(parts: PreparedQueryParts) {
    this.#parts = parts
    this.#placed = parts.analysis.reads.map(parts.slotOf)
  }

  /** The statement with these values. */
  with(values: readonly unknown[]): CompiledQuery {
    const { compiled, analysis, dialect, setAnalysis } = this.#parts
    const parameters = compiled.parameters.map((parameter) =>
      parameter instanceof Slot
        ? encodeParameter(values[parameter.index], {
            codec: parameter.codec,
            column: parameter.column,
            dialect,
          })
        : parameter,
    )
    const reads = analysis.reads.map((read, index) => {
      const slot = this.#placed[index]
      if (slot === undefined || read.equals === undefined) return read
      const { column } = read.equals
      const value = values[slot]
      return {
        ...read,
        equals: valueTag(column, value) === undefined ? undefined : { column, value },
      }
    })
    const query = { ...compiled.query }
    setAnalysis(query, { ...analysis, reads })
    return { query, sql: compiled.sql, parameters, queryId: createQueryId() }
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
