/** The one executor that every statement passes, whichever query layer it comes from. */

import { intercept } from '@mizan/protocol'
import type {
  AbortableOperationOptions,
  CompiledQuery,
  ConnectionProvider,
  DatabaseConnection,
  DialectAdapter,
  KyselyPlugin,
  QueryExecutor,
  QueryId,
  QueryResult,
  RootOperationNode,
} from 'kysely'
import { StreamingNotSupportedError } from '../errors.ts'
import type { Analysis } from '../query/analysis.ts'
import type { Fingerprint } from '../query/fingerprint.ts'
import { type PreparedQuery, ReadyQuery } from '../query/prepared-query.ts'
import { cancellable } from './cancellable.ts'
import { decodeRows, isDecoded, withTexts } from './decode-rows.ts'
import type { ExecutorParts } from './executor-parts.ts'
import { holdSession, readStream, type StreamOwner } from './read-stream.ts'
import type { StatementSession } from './session.ts'
import { asSession, levelOf } from './session-driver.ts'
import { sharingOf } from './shared-read.ts'
import { StatementMaker } from './statement-maker.ts'
import type { Statement } from './statement.ts'

/** Binds, runs the layers, decodes. Compiling, plugins and connections are Kysely's. */
export class StatementExecutor implements QueryExecutor {
  readonly #inner: QueryExecutor
  readonly #parts: ExecutorParts
  readonly #maker: StatementMaker
  /** It belongs to a transaction, or to one connection. */
  readonly #isBound: boolean

  constructor(inner: QueryExecutor, parts: ExecutorParts, isBound = false) {
    this.#inner = inner
    this.#parts = parts
    this.#maker = new StatementMaker(inner, parts)
    this.#isBound = isBound
  }

  get adapter(): DialectAdapter {
    return this.#inner.adapter
  }

  get plugins(): readonly KyselyPlugin[] {
    return this.#inner.plugins
  }

  /** Kysely calls this for subqueries too, while they are built; names are bound when the whole is compiled. */
  transformQuery<N extends RootOperationNode>(node: N, queryId: QueryId): N {
    return this.#inner.transformQuery(node, queryId)
  }

  compileQuery<R = unknown>(node: RootOperationNode, queryId: QueryId): CompiledQuery<R> {
    return this.#maker.compile(node, queryId) as CompiledQuery<R> // cast: the row type is the query builder's
  }

  /** Statements are what they were: neither hooks nor plugins change them on the way. */
  get repeats(): boolean {
    return this.plugins.length === 0 && this.#parts.beforeQuery() === undefined
  }

  /** Makes a statement whose values come with each run. */
  prepare(node: RootOperationNode, print: Pick<Fingerprint, 'slots'>): PreparedQuery {
    return this.#maker.prepare(node, print)
  }

  provideConnection<T>(
    consumer: (connection: DatabaseConnection) => Promise<T>,
    options?: AbortableOperationOptions,
  ): Promise<T> {
    return this.#inner.provideConnection(consumer, options)
  }

  executeQuery<R>(
    query: CompiledQuery<R>,
    options?: AbortableOperationOptions,
  ): Promise<QueryResult<R>> {
    if (options?.signal === undefined && this.#parts.beforeQuery() === undefined)
      return this.#execute<R>(query, options)
    return this.#executeHeard<R>(query, options)
  }

  async #executeHeard<R>(
    query: CompiledQuery<R>,
    options: AbortableOperationOptions | undefined,
  ): Promise<QueryResult<R>> {
    options?.signal?.throwIfAborted()
    return this.#execute<R>(await this.#throughHooks(query), options)
  }

  #execute<R>(
    query: CompiledQuery,
    options: AbortableOperationOptions | undefined,
  ): Promise<QueryResult<R>> {
    const analysis = this.analysisOf(query)
    const signal = options?.signal
    const shared = signal === undefined ? this.#sharedFor(query, analysis) : undefined
    const result =
      shared === undefined
        ? this.provideConnection(
            (connection) =>
              cancellable(
                signal,
                () => this.#parts.cancel(connection, query.queryId),
                () =>
                  this.#through(
                    query,
                    analysis,
                    asSession(connection).statement(levelOf(connection)),
                  ),
              ),
            options,
          )
        : this.#through(query, analysis, shared)
    // cast: the row type is the query builder's
    return this.plugins.length === 0
      ? (result as Promise<QueryResult<R>>)
      : result.then((one) => this.#throughPlugins<R>(one, query.queryId))
  }

  async *stream<R>(
    query: CompiledQuery<R>,
    chunkSize: number,
    options?: AbortableOperationOptions,
  ): AsyncIterableIterator<QueryResult<R>> {
    options?.signal?.throwIfAborted()
    const { layers, dialect } = this.#parts
    const { capabilities, name } = dialect
    const sent = await this.#throughHooks(query)
    const analysis = this.analysisOf(sent)
    if (!capabilities.streaming && !isChange(analysis)) throw new StreamingNotSupportedError(name)
    // What a change did is known when it is done, not with its first row.
    const held = isChange(analysis) ? undefined : await holdSession(sent, this.#owner(options))
    if (held === undefined) {
      yield await this.#execute<R>(sent, options)
      return
    }
    const { signal } = options ?? {}
    const leave = (): void => void held.cancel().catch(() => undefined)
    signal?.addEventListener('abort', leave, { once: true })
    try {
      const { session } = held
      for await (const part of readStream(sent, { session, analysis, chunkSize, layers })) {
        signal?.throwIfAborted()
        yield await this.#throughPlugins<R>(part, query.queryId)
      }
    } finally {
      signal?.removeEventListener('abort', leave)
      await held.release()
    }
  }

  withConnectionProvider(provider: ConnectionProvider): StatementExecutor {
    return new StatementExecutor(this.#inner.withConnectionProvider(provider), this.#parts, true)
  }

  withPlugin(plugin: KyselyPlugin): StatementExecutor {
    return this.#with(this.#inner.withPlugin(plugin))
  }

  withPlugins(plugins: readonly KyselyPlugin[]): StatementExecutor {
    return this.#with(this.#inner.withPlugins(plugins))
  }

  withPluginAtFront(plugin: KyselyPlugin): StatementExecutor {
    return this.#with(this.#inner.withPluginAtFront(plugin))
  }

  withoutPlugins(): StatementExecutor {
    return this.#with(this.#inner.withoutPlugins())
  }

  #with(inner: QueryExecutor): StatementExecutor {
    return new StatementExecutor(inner, this.#parts, this.#isBound)
  }

  async #throughHooks<R>(query: CompiledQuery<R>): Promise<CompiledQuery<R>> {
    const before = this.#parts.beforeQuery()
    if (before === undefined) return query
    const written = this.#maker.writtenOf(query)
    const changed = await before(written)
    return changed === written
      ? query
      : (this.#maker.compileOnce(changed, query.queryId) as CompiledQuery<R>) // cast: the row type is the query builder's
  }

  #sharedFor(query: CompiledQuery, analysis: Analysis | undefined): StatementSession | undefined {
    if (this.#isBound) return undefined
    const sharing =
      query instanceof ReadyQuery ? query.prepared.sharing : sharingOf(query.query, analysis)
    if (sharing === 'never') return undefined
    return sharing === 'beside' ? this.#parts.sharedSession() : this.#parts.aloneSession?.()
  }

  /** What is known of a statement, by the values that it has; undefined for one that was made elsewhere. */
  analysisOf(query: CompiledQuery): Analysis | undefined {
    return this.#maker.analysisOf(query)
  }

  #through(
    query: CompiledQuery,
    analysis: Analysis | undefined,
    session: StatementSession,
  ): Promise<QueryResult<unknown>> {
    const { query: node, sql, parameters, queryId } = query
    const statement: Statement = { node, sql, parameters, queryId, analysis, session }
    const result = intercept(this.#parts.layers, statement, (last) => this.#run(last, query))
    return session.finish === undefined ? result : result.finally(session.finish)
  }

  #run(statement: Statement, query: CompiledQuery): Promise<QueryResult<unknown>> {
    const { node, session } = statement
    const output = statement.analysis?.output
    const compiled = node === query.query ? query : this.#maker.change(node, query)
    const result = session.executeQuery<unknown>(withTexts(compiled, output))
    return isDecoded(output)
      ? result.then((one) => ({ ...one, rows: decodeRows(one.rows, output) }))
      : result
  }

  #owner(options: AbortableOperationOptions | undefined): StreamOwner {
    return {
      parts: this.#parts,
      isBound: this.#isBound,
      provide: (consumer) => this.provideConnection(consumer, options),
    }
  }

  async #throughPlugins<R>(
    result: QueryResult<unknown>,
    queryId: QueryId,
  ): Promise<QueryResult<R>> {
    let current = result as QueryResult<Record<string, unknown>> // cast: rows are objects by column name
    for (const plugin of this.#inner.plugins)
      current = await plugin.transformResult({ queryId, result: current })
    return current as QueryResult<R> // cast: the row type is the query builder's
  }
}

function isChange(analysis: Analysis | undefined): boolean {
  return analysis === undefined || analysis.opaque === 'write' || analysis.writes.length > 0
}
