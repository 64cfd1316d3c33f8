/** What a name in a query stands for while its tree is bound. */

import type { AnyBoundColumn } from '../schema/column.ts'
import type { TableFacts } from '../schema/table-facts.ts'
import type { Codec } from '../dialect/codec.ts'

/** One column of a result, by its name in the result. */
export interface OutputColumn {
  readonly name: string
  /** Undefined: the value stays as the driver gave it. */
  readonly codec: Codec | undefined
}

/** Columns of a result; undefined when they cannot be known (raw SQL, `*` of an unknown table). */
export type Output = readonly OutputColumn[] | undefined

/** A table, subquery or common table expression that a query reads from. */
export interface Source {
  /** The name by which references in the query as written mean it. */
  readonly alias: string
  /** The name by which the SQL means it. */
  readonly sqlName: string
  readonly table: TableFacts | undefined
  /** True for a table that the schema does not have. */
  readonly isUnknown?: boolean
  /** Of a source that is no table. */
  readonly output: Output
}

/** A column of a source. */
export interface SourceColumn {
  readonly source: Source
  /** Its name in the SQL. */
  readonly sqlName: string
  readonly column: AnyBoundColumn | undefined
  readonly codec: Codec | undefined
}

/** The names that one level of a query sees; levels nest. */
export class Scope {
  readonly outer: Scope | undefined
  /** It is a subquery in FROM that does not see what stands beside it. */
  readonly isApart: boolean
  readonly sources: Source[] = []
  /** Common table expressions by name. */
  readonly expressions: Map<string, Output> = new Map()
  /** Names that the SELECT list gives with AS: ORDER BY means these first. */
  readonly aliases: Set<string> = new Set()

  constructor(outer: Scope | undefined, isApart = false) {
    this.outer = outer
    this.isApart = isApart
  }

  /** The next level whose sources are seen from this one. */
  get beyond(): Scope | undefined {
    return this.isApart ? this.outer?.beyond : this.outer
  }

  /** The source that a table name means, from the innermost level outwards. */
  findSource(name: string): Source | undefined {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.beyond) {
      const found = scope.sources.find((source) => source.alias === name)
      if (found !== undefined) return found
    }
    return undefined
  }

  /** The source that reads `table`; for columns that were written as values. */
  findTable(table: TableFacts): Source | undefined {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.beyond) {
      const found = scope.sources.find((source) => source.table === table)
      if (found !== undefined) return found
    }
    return undefined
  }

  /** The columns of a common table expression; null when there is none of this name. */
  findExpression(name: string): Output | null {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.outer) {
      if (scope.expressions.has(name)) return scope.expressions.get(name)
    }
    return null
  }
}
