/** Trees → statements: bound and compiled once for all that differ in their values only. */

import {
  type CompiledQuery,
  createQueryId,
  DeleteQueryNode,
  InsertQueryNode,
  type QueryExecutor,
  type QueryId,
  type RootOperationNode,
  SelectQueryNode,
  UpdateQueryNode,
} from 'kysely'
import type { Analysis } from '../query/analysis.ts'
import { Fingerprint } from '../query/fingerprint.ts'
import { unplaced } from '../query/placed-analysis.ts'
import { PreparedQuery, preparedOf, ReadyQuery } from '../query/prepared-query.ts'
import type { ExecutorParts } from './executor-parts.ts'
import { sharingOf } from './shared-read.ts'

/** What is made: compiling is Kysely's. */
export class StatementMaker {
  readonly #compiler: Pick<QueryExecutor, 'compileQuery'>
  readonly #parts: ExecutorParts

  constructor(compiler: Pick<QueryExecutor, 'compileQuery'>, parts: ExecutorParts) {
    this.#compiler = compiler
    this.#parts = parts
  }

  /** The statement of a tree. */
  compile(node: RootOperationNode, queryId: QueryId): CompiledQuery {
    const { binder, dialect, prepared, beforeQuery } = this.#parts
    if (!hasShape(node) || binder.analysisOf(node) !== undefined || beforeQuery() !== undefined)
      return this.compileOnce(node, queryId)
    const print = new Fingerprint(dialect)
    print.node(node)
    const { key, values } = print
    if (key === undefined) return this.compileOnce(node, queryId)
    let known = prepared.get(key)
    if (known === undefined) {
      known = this.prepare(node, print)
      if (!known.takes(values.length)) return this.compileOnce(node, queryId)
      prepared.set(key, known)
    }
    return known.with(values, { written: node, queryId }) ?? this.compileOnce(node, queryId)
  }

  /** The statement of a tree, with the values that stand in it. */
  compileOnce(node: RootOperationNode, queryId: QueryId): CompiledQuery {
    return this.#compiler.compileQuery(this.#parts.binder.bind(node, queryId), queryId)
  }

  /** Makes a statement whose values come with each run. */
  prepare(node: RootOperationNode, { slots }: Pick<Fingerprint, 'slots'>): PreparedQuery {
    const { binder } = this.#parts
    const queryId = createQueryId()
    const bound = binder.bind(node, queryId, slots)
    const analysis = binder.analysisOf(bound) ?? unknown
    // The tree stands for all runs, so nothing is said of it that holds for the values of this one.
    binder.setAnalysis(bound, unplaced(analysis))
    return new PreparedQuery({
      compiled: this.#compiler.compileQuery(bound, queryId),
      analysis,
      slotOf: ({ equals }) => equals?.source && slots.get(equals.source),
      sharing: sharingOf(bound, analysis),
    })
  }

  /** A bound tree that a layer has changed, to be sent in the place of `query`. */
  change(node: RootOperationNode, query: CompiledQuery): CompiledQuery {
    const compile = (changed: RootOperationNode): CompiledQuery =>
      this.#compiler.compileQuery(changed, query.queryId)
    return preparedOf(query.query)?.change(node, query, compile) ?? compile(node)
  }

  /** The tree of a statement as it was written. */
  writtenOf(query: CompiledQuery): RootOperationNode {
    const written = query instanceof ReadyQuery ? query.written : undefined
    return written ?? this.#parts.binder.writtenOf(query.query)
  }

  /** What is known of a statement, by the values that it has; undefined for one that was made elsewhere. */
  analysisOf(query: CompiledQuery): Analysis | undefined {
    return query instanceof ReadyQuery ? query.analysis : this.#parts.binder.analysisOf(query.query)
  }
}

const unknown: Analysis = { output: undefined, reads: [], writes: [], opaque: 'write' }

/** Whether trees of this kind are told apart by their shape. */
function hasShape(node: RootOperationNode): boolean {
  return (
    SelectQueryNode.is(node) ||
    InsertQueryNode.is(node) ||
    UpdateQueryNode.is(node) ||
    DeleteQueryNode.is(node)
  )
}
